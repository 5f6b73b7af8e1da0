using System.Buffers;
using System.Diagnostics;
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
    private const int OutputBuffer = 64 * 1024;

    private readonly WireOptions options;
    private readonly WireEndpoint endpoint;
    private readonly CancellationTokenSource closed = new();
    private readonly ArrayBufferWriter<byte> output = new(4096);
    private readonly AnswerTime answer = new();
    private readonly Stream connection;
    private Stream transport;
    private byte[] input = new byte[InitialBuffer];
    private int start;
    private int end;
    private volatile bool isDisposed;
    private volatile bool isWriteBroken;

    internal WireStream(Stream transport, WireEndpoint endpoint, WireOptions options)
    {
        this.transport = transport;
        connection = transport;
        this.endpoint = endpoint;
        this.options = options;
        IdleTimeout = options.IdleTimeout;
    }

    /// <summary>Whether what is written now is encrypted.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Whether bytes of the peer have been received and not yet read.</summary>
    public bool HasBufferedInput => end > start;

    /// <summary>
    /// Whether the peer has sent something that was not read yet, or has closed. Asks the operating system, not the peer. Only between two
    /// pieces of a dialogue, when nobody reads.
    /// </summary>
    public bool HasWaitingInput
    {
        get
        {
            try
            {
                return HasBufferedInput || (connection is NetworkStream network && network.Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Bytes of the peer so far, decrypted and decompressed.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>
    /// The longest wait for the next bytes of the peer, or for it to take ours; <see cref="WireOptions.IdleTimeout"/> at first. An answer
    /// that comes in drops may take ten times as long, and a second more for each hundred bytes.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; }

    /// <summary>Changes each line before the transcript sees it: while secrets are on the wire a server may echo them.</summary>
    internal Func<string, string>? Redact { get; set; }

    /// <summary>Connects, and with <see cref="WireSecurity.Tls"/> shakes hands.</summary>
    /// <exception cref="WireException">Unreachable, not allowed, timeout, certificate or TLS failure.</exception>
    public static async Task<WireStream> ConnectAsync(WireEndpoint endpoint, WireOptions options, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            var socket = await WireDialer.ConnectAsync(endpoint, options, timeout.Token).ConfigureAwait(false);
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
                if (length > options.MaxLineBytes)
                {
                    throw LineTooLong();
                }

                var line = input.AsMemory(start, length > 0 && input[start + length - 1] == '\r' ? length - 1 : length);
                start += length + 1;
                Trace(WireDirection.Received, line.Span);
                return line;
            }

            searched = end - start;
            if (searched > options.MaxLineBytes)
            {
                throw LineTooLong();
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

    /// <summary>Takes bytes for the peer; they leave with <see cref="FlushAsync"/>, or earlier when they are many. Memory stays constant.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (output.WrittenCount + bytes.Length >= OutputBuffer)
        {
            return WriteThroughAsync(bytes, ct);
        }

        output.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends what was written. After a failed or cancelled flush nobody knows what the peer has: writing is over.</summary>
    public async ValueTask FlushAsync(CancellationToken ct)
    {
        if (output.WrittenCount == 0)
        {
            return;
        }

        if (isWriteBroken)
        {
            throw new WireException(WireFault.Closed, $"An earlier write to {endpoint} did not finish");
        }

        using var timeout = Timeout(ct);
        isWriteBroken = true;
        try
        {
            await transport.WriteAsync(output.WrittenMemory, timeout.Token).ConfigureAwait(false);
            await transport.FlushAsync(timeout.Token).ConfigureAwait(false);
            output.ResetWrittenCount();
            isWriteBroken = false;
            answer.Begin();
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

        if (IsEncrypted || output.WrittenCount > 0)
        {
            throw new InvalidOperationException("TLS starts once, after everything written has been flushed");
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
        if (options.Transcript is { } transcript)
        {
            var text = Encoding.Latin1.GetString(line);
            transcript(direction, Redact is { } redact ? redact(text) : text);
        }
    }

    /// <summary>Closes the connection; a read or write that is waiting ends with <see cref="WireFault.Closed"/>. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        await closed.CancelAsync().ConfigureAwait(false);
        try
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone already, or a cancelled read is still on its way out.
        }
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, OutputBuffer - output.WrittenCount);
            output.Write(bytes.Span[..count]);
            bytes = bytes[count..];
            if (output.WrittenCount >= OutputBuffer)
            {
                await FlushAsync(ct).ConfigureAwait(false);
            }
        }
    }

    private WireException LineTooLong() =>
        new(WireFault.LimitExceeded, $"{endpoint} sent a line of more than {options.MaxLineBytes} bytes");

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
        var left = answer.Left(IdleTimeout);
        if (left <= TimeSpan.Zero)
        {
            throw new WireException(WireFault.Timeout, $"{endpoint} sent its answer too slowly");
        }

        timeout.CancelAfter(left < IdleTimeout ? left : IdleTimeout);
        var since = Stopwatch.GetTimestamp();
        try
        {
            var read = await transport.ReadAsync(destination, timeout.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new WireException(WireFault.Closed, $"{endpoint} closed the connection");
            }

            BytesReceived += read;
            answer.Received(read, since);
            return read;
        }
        catch (Exception e) when (Translate(e, ct) is { } fault)
        {
            throw fault;
        }
    }

    private CancellationTokenSource Timeout(CancellationToken ct)
    {
        if (isDisposed)
        {
            throw new WireException(WireFault.Closed, $"The connection to {endpoint} was closed");
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(ct, closed.Token);
        source.CancelAfter(IdleTimeout);
        return source;
    }

    private WireException? Translate(Exception e, CancellationToken ct) => e switch
    {
        WireException => null,
        OperationCanceledException when ct.IsCancellationRequested => null,
        _ when isDisposed => new WireException(WireFault.Closed, $"The connection to {endpoint} was closed", e),
        OperationCanceledException => new WireException(WireFault.Timeout, $"{endpoint} was silent for {IdleTimeout.TotalSeconds:0} s", e),
        IOException or SocketException or ObjectDisposedException => new WireException(WireFault.Closed, $"The connection to {endpoint} broke: {e.Message}", e),
        InvalidDataException => new WireException(WireFault.Malformed, $"{endpoint} sent what cannot be decompressed", e),
        _ => null,
    };
}
