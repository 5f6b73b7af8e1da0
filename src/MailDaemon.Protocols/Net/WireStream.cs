using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Protocols.Net;

/// <summary>
/// A connection to a mail server: lines and counted bytes in, buffered bytes out, with a limit on every length and every wait.
/// One reader and one writer at a time; the two may run side by side.
/// </summary>
public sealed class WireStream : IAsyncDisposable
{
    private const int InitialBuffer = 16 * 1024;

    private readonly WireOptions options;
    private readonly WireEndpoint endpoint;
    private readonly CancellationTokenSource closed = new();
    private readonly ArrayBufferWriter<byte> output = new(4096);
    private Stream transport;
    private byte[] input = ArrayPool<byte>.Shared.Rent(InitialBuffer);
    private int start;
    private int end;
    private bool isDisposed;

    internal WireStream(Stream transport, WireEndpoint endpoint, WireOptions options)
    {
        this.transport = transport;
        this.endpoint = endpoint;
        this.options = options;
    }

    /// <summary>Whether what is written now is encrypted.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Whether bytes of the peer have been received and not yet read.</summary>
    public bool HasBufferedInput => end > start;

    /// <summary>Bytes taken from the network so far (before decompression).</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Connects, and with <see cref="WireSecurity.Tls"/> shakes hands.</summary>
    /// <exception cref="WireException">Unreachable, not allowed, timeout, certificate or TLS failure.</exception>
    public static async Task<WireStream> ConnectAsync(WireEndpoint endpoint, WireOptions options, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            var socket = await ConnectSocketAsync(endpoint, options, timeout.Token).ConfigureAwait(false);
            var stream = new WireStream(new NetworkStream(socket, ownsSocket: true), endpoint, options);
            if (endpoint.Security == WireSecurity.Tls)
            {
                await stream.HandshakeAsync(timeout.Token).ConfigureAwait(false);
            }

            return stream;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WireException(WireFault.Timeout, $"{endpoint} did not answer within {options.ConnectTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Reads a line and returns it without its CRLF (a bare LF ends a line too). Valid until the next read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken ct)
    {
        var searched = 0;
        while (true)
        {
            var lf = input.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (lf >= 0)
            {
                var length = searched + lf;
                var line = input.AsMemory(start, length > 0 && input[start + length - 1] == '\r' ? length - 1 : length);
                start += length + 1;
                Trace(WireDirection.Received, line.Span);
                return line;
            }

            searched = end - start;
            if (searched >= options.MaxLineBytes)
            {
                throw new WireException(WireFault.LimitExceeded, $"{endpoint} sent a line of more than {options.MaxLineBytes} bytes");
            }

            await FillAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Reads as many bytes as <paramref name="destination"/> holds.</summary>
    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken ct)
    {
        while (destination.Length > 0)
        {
            if (end == start)
            {
                if (destination.Length >= InitialBuffer)
                {
                    var read = await ReceiveAsync(destination, ct).ConfigureAwait(false);
                    destination = destination[read..];
                    continue;
                }

                await FillAsync(ct).ConfigureAwait(false);
            }

            var count = Math.Min(destination.Length, end - start);
            input.AsMemory(start, count).CopyTo(destination);
            start += count;
            destination = destination[count..];
        }
    }

    /// <summary>Copies exactly <paramref name="count"/> bytes to <paramref name="destination"/>; null skips them. Memory stays constant.</summary>
    public async ValueTask CopyExactlyAsync(Stream? destination, long count, CancellationToken ct)
    {
        while (count > 0)
        {
            if (end == start)
            {
                await FillAsync(ct).ConfigureAwait(false);
            }

            var chunk = (int)Math.Min(count, end - start);
            if (destination is not null)
            {
                await destination.WriteAsync(input.AsMemory(start, chunk), ct).ConfigureAwait(false);
            }

            start += chunk;
            count -= chunk;
        }
    }

    /// <summary>Takes bytes for the peer; they leave with <see cref="FlushAsync"/>, or earlier when they are many.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        output.Write(bytes.Span);
        return output.WrittenCount >= 64 * 1024 ? FlushAsync(ct) : ValueTask.CompletedTask;
    }

    public async ValueTask FlushAsync(CancellationToken ct)
    {
        if (output.WrittenCount == 0)
        {
            return;
        }

        using var timeout = Timeout(ct);
        try
        {
            await transport.WriteAsync(output.WrittenMemory, timeout.Token).ConfigureAwait(false);
            await transport.FlushAsync(timeout.Token).ConfigureAwait(false);
            output.ResetWrittenCount();
        }
        catch (Exception e) when (Translate(e, ct) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>
    /// Turns the connection into TLS. Bytes that came in clear text after the reply to STARTTLS are an injection
    /// (CVE-2011-0411 and its kin): the connection is given up.
    /// </summary>
    public async Task UpgradeToTlsAsync(CancellationToken ct)
    {
        if (HasBufferedInput)
        {
            throw new WireException(WireFault.TlsFailed, $"{endpoint} sent data in clear text after its reply to STARTTLS");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            await HandshakeAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WireException(WireFault.Timeout, $"{endpoint} did not finish its TLS handshake within {options.ConnectTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Compresses both directions from here on (COMPRESS=DEFLATE, RFC 4978).</summary>
    public void UpgradeToDeflate()
    {
        var unread = input.AsSpan(start, end - start).ToArray();
        start = end = 0;
        transport = new DeflateDuplexStream(transport, unread);
    }

    /// <summary>Gives a line to the transcript, if there is one. For lines written, in a form without secrets.</summary>
    public void Trace(WireDirection direction, ReadOnlySpan<byte> line)
    {
        options.Transcript?.Invoke(direction, Encoding.Latin1.GetString(line));
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        await closed.CancelAsync().ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
        closed.Dispose();
    }

    private static async Task<Socket> ConnectSocketAsync(WireEndpoint endpoint, WireOptions options, CancellationToken ct)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(endpoint.Host, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new WireException(WireFault.Unreachable, $"The name {endpoint.Host} cannot be resolved", e);
        }

        // The addresses are checked and then connected to as they are, so that a second look-up cannot give others.
        var allowed = options.IsAddressAllowed is null ? addresses : [.. addresses.Where(options.IsAddressAllowed)];
        if (allowed.Length == 0)
        {
            throw new WireException(WireFault.AddressNotAllowed, $"{endpoint.Host} is at an address where mail servers are not allowed to be");
        }

        Exception? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, endpoint.Port, ct).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new WireException(WireFault.Unreachable, $"Nothing answers at {endpoint}: {last?.Message}", last);
    }

    private async Task HandshakeAsync(CancellationToken ct)
    {
        transport = await WireTls.AuthenticateAsync(transport, endpoint.Host, options, ct).ConfigureAwait(false);
        IsEncrypted = true;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (start == end)
        {
            start = end = 0;
        }
        else if (end == input.Length)
        {
            if (start > 0)
            {
                input.AsSpan(start, end - start).CopyTo(input);
                end -= start;
                start = 0;
            }
            else
            {
                // The old array is left to the collector: a line handed out may still point into it.
                var larger = new byte[input.Length * 2];
                input.AsSpan(0, end).CopyTo(larger);
                input = larger;
            }
        }

        end += await ReceiveAsync(input.AsMemory(end), ct).ConfigureAwait(false);
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> destination, CancellationToken ct)
    {
        using var timeout = Timeout(ct);
        try
        {
            var read = await transport.ReadAsync(destination, timeout.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new WireException(WireFault.Closed, $"{endpoint} closed the connection");
            }

            BytesReceived += read;
            return read;
        }
        catch (Exception e) when (Translate(e, ct) is { } fault)
        {
            throw fault;
        }
    }

    private CancellationTokenSource Timeout(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var source = CancellationTokenSource.CreateLinkedTokenSource(ct, closed.Token);
        source.CancelAfter(options.IdleTimeout);
        return source;
    }

    private WireException? Translate(Exception e, CancellationToken ct) => e switch
    {
        WireException => null,
        OperationCanceledException when ct.IsCancellationRequested => null,
        _ when isDisposed => new WireException(WireFault.Closed, $"The connection to {endpoint} was closed", e),
        OperationCanceledException => new WireException(WireFault.Timeout, $"{endpoint} was silent for {options.IdleTimeout.TotalSeconds:0} s", e),
        IOException or SocketException or ObjectDisposedException => new WireException(WireFault.Closed, $"The connection to {endpoint} broke: {e.Message}", e),
        InvalidDataException => new WireException(WireFault.Malformed, $"{endpoint} sent what cannot be decompressed", e),
        _ => null,
    };
}
