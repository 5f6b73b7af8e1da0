using System.Net;
using System.Net.Sockets;

namespace MailDaemon.Protocols.Net;

/// <summary>
/// Finds a server's addresses and connects to the first that answers. A second address is tried when the first is slow,
/// so that a network with broken IPv6 does not cost the whole time limit (RFC 8305 §5).
/// </summary>
internal static class WireDialer
{
    private const int MaxAddresses = 8;
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <exception cref="WireException">Unreachable, or every address is refused by <see cref="WireOptions.IsAddressAllowed"/>.</exception>
    public static async Task<Socket> ConnectAsync(WireEndpoint endpoint, WireOptions options, CancellationToken ct)
    {
        var addresses = await ResolveAsync(endpoint.Host, ct).ConfigureAwait(false);

        // The addresses are checked and then connected to as they are, so that a second look-up cannot give others.
        var allowed = options.IsAddressAllowed is null ? addresses : [.. addresses.Where(options.IsAddressAllowed)];
        if (allowed.Count == 0)
        {
            throw new WireException(WireFault.AddressNotAllowed, $"{endpoint.Host} is at an address where mail servers are not allowed to be");
        }

        return await RaceAsync(endpoint, Alternate(allowed), ct).ConfigureAwait(false);
    }

    /// <summary>The order of the resolver, but with the address families taking turns, and not too many.</summary>
    internal static IReadOnlyList<IPAddress> Alternate(IReadOnlyList<IPAddress> addresses)
    {
        var preferred = addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily).Index();
        var others = addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily).Index();
        return [.. preferred.Concat(others).OrderBy(a => a.Index).Select(a => a.Item).Take(MaxAddresses)];
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken ct)
    {
        try
        {
            // An empty name would resolve to this machine.
            ArgumentException.ThrowIfNullOrWhiteSpace(host);
            var addresses = await Dns.GetHostAddressesAsync(host, ct).ConfigureAwait(false);

            // ::ffff:169.254.169.254 is judged as the IPv4 address that it reaches.
            return [.. addresses.Select(a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a).Distinct()];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new WireException(WireFault.Unreachable, $"The name {host} cannot be resolved", e);
        }
    }

    private static async Task<Socket> RaceAsync(WireEndpoint endpoint, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = new List<Task<Socket>>();
        SocketException? last = null;
        try
        {
            for (var next = 0; next < addresses.Count || running.Count > 0;)
            {
                if (next < addresses.Count)
                {
                    running.Add(ConnectAsync(addresses[next++], endpoint.Port, race.Token));
                }

                var turn = next < addresses.Count ? Task.Delay(HeadStart, race.Token) : Task.Delay(Timeout.Infinite, race.Token);
                if (await Task.WhenAny([.. running, turn]).ConfigureAwait(false) is Task<Socket> finished)
                {
                    running.Remove(finished);
                    try
                    {
                        return await finished.ConfigureAwait(false);
                    }
                    catch (SocketException e)
                    {
                        last = e;
                    }
                }

                ct.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
            await AbandonAsync(running).ConfigureAwait(false);
        }

        throw new WireException(WireFault.Unreachable, $"Nothing answers at {endpoint}: {last?.Message}", last);
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, ct).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the attempts that lost, which are already cancelled, and closes those that connected all the same.</summary>
    private static async Task AbandonAsync(List<Task<Socket>> losers)
    {
        foreach (var loser in losers)
        {
            try
            {
                (await loser.ConfigureAwait(false)).Dispose();
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // It lost; why does not matter.
            }
        }
    }
}
