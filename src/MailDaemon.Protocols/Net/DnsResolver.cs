using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MailDaemon.Protocols.Net;

/// <param name="Host">Where the service is; empty when the domain says that it does not offer it (RFC 6186 §3.4).</param>
/// <param name="Port">1–65535.</param>
public sealed record DnsService(string Host, int Port);

/// <summary>
/// Asks the system's name servers for MX and SRV records, which the base class library cannot. A name server that fails or is slow
/// means "no records": discovery then goes on to its next idea. Safe for several callers at once.
/// </summary>
public sealed class DnsResolver
{
    private const int Attempts = 2;

    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Func<IReadOnlyList<IPEndPoint>> nameServers;

    public DnsResolver()
        : this(SystemNameServers)
    {
    }

    /// <summary>For tests: the name servers to ask instead of the system's.</summary>
    internal DnsResolver(Func<IReadOnlyList<IPEndPoint>> nameServers) => this.nameServers = nameServers;

    /// <summary>The hosts that take mail for a domain, best first.</summary>
    public async Task<IReadOnlyList<string>> MailExchangersAsync(string domain, CancellationToken ct) =>
        [.. (await AskAsync(domain, DnsRecordType.Mx, ct).ConfigureAwait(false)).OrderBy(r => r.Priority).Select(r => r.Host)];

    /// <summary>Where a service of a domain is (RFC 2782), best first.</summary>
    /// <param name="service">For example <c>_imaps._tcp</c> (RFC 6186).</param>
    public async Task<IReadOnlyList<DnsService>> ServicesAsync(string service, string domain, CancellationToken ct)
    {
        var records = await AskAsync($"{service}.{domain}", DnsRecordType.Srv, ct).ConfigureAwait(false);
        return [.. records.OrderBy(r => r.Priority).ThenByDescending(r => r.Weight).Select(r => new DnsService(r.Host, r.Port))];
    }

    private static List<IPEndPoint> SystemNameServers() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up)
            .SelectMany(n => n.GetIPProperties().DnsAddresses)
            .Distinct()
            .Take(3)
            .Select(a => new IPEndPoint(a, 53))];

    private async Task<IReadOnlyList<DnsRecord>> AskAsync(string name, DnsRecordType type, CancellationToken ct)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var question = DnsMessage.WriteQuestion(id, name, type);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            foreach (var server in nameServers())
            {
                if (await AskAsync(server, question, id, type, ct).ConfigureAwait(false) is { } records)
                {
                    return records;
                }
            }
        }

        return [];
    }

    private static async Task<IReadOnlyList<DnsRecord>?> AskAsync(IPEndPoint server, byte[] question, ushort id, DnsRecordType type, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(Patience);
        try
        {
            var answer = await OverUdpAsync(server, question, timeout.Token).ConfigureAwait(false);
            if (DnsMessage.IsTruncated(answer))
            {
                answer = await OverTcpAsync(server, question, timeout.Token).ConfigureAwait(false);
            }

            return DnsMessage.ReadAnswer(answer, id, type);
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<byte[]> OverUdpAsync(IPEndPoint server, byte[] question, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

        // A connected socket takes answers from this server alone.
        await socket.ConnectAsync(server, ct).ConfigureAwait(false);
        await socket.SendAsync(question, ct).ConfigureAwait(false);
        var answer = new byte[4096];
        var length = await socket.ReceiveAsync(answer, ct).ConfigureAwait(false);
        return answer[..length];
    }

    private static async Task<byte[]> OverTcpAsync(IPEndPoint server, byte[] question, CancellationToken ct)
    {
        using var client = new TcpClient(server.AddressFamily);
        await client.ConnectAsync(server, ct).ConfigureAwait(false);
        var stream = client.GetStream();
        var prefixed = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(prefixed, (ushort)question.Length);
        question.CopyTo(prefixed, 2);
        await stream.WriteAsync(prefixed, ct).ConfigureAwait(false);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, ct).ConfigureAwait(false);
        var answer = new byte[Math.Min(BinaryPrimitives.ReadUInt16BigEndian(length), MaxAnswerBytes)];
        await stream.ReadExactlyAsync(answer, ct).ConfigureAwait(false);
        return answer;
    }
}
