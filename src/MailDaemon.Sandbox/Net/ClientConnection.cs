using System.Buffers;
using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace MailDaemon.Sandbox.Net;

/// <summary>
/// The server's end of a connection: lines and counted bytes in, buffered bytes out, with a limit on every length and every wait.
/// One reader and one writer at a time; the two may run side by side.
/// </summary>
internal sealed class ClientConnection(Socket socket, TimeProvider time) : IAsyncDisposable
{
    private const int FlushAt = 64 * 1024;
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(5);

    private readonly ArrayBufferWriter<byte> output = new(4096);
    private Stream transport = new NetworkStream(socket, ownsSocket: true);
    private byte[] input = new byte[8 * 1024];
    private Stream? inflater;
    private Stream? deflater;
    private int start;
    private int end;

    public bool IsEncrypted { get; private set; }

    /// <summary>Whether bytes of the client have been received and not yet read.</summary>
    public bool HasBufferedInput => end > start;

    /// <summary>The longest wait for the client's next bytes.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Reply bytes after which the connection is cut; null for never.</summary>
    public long? CutAfter { get; set; }

    /// <summary>Each byte goes out alone with this pause after it; null for as fast as it can.</summary>
    public TimeSpan? BytePause { get; set; }

    /// <summary>Reads a line with its LF; null when the client has closed the connection.</summary>
    /// <exception cref="LineTooLongException">There is no end within <paramref name="limit"/> bytes.</exception>
    public async ValueTask<byte[]?> ReadLineAsync(int limit, CancellationToken ct)
    {
        var searched = 0;
        while (true)
        {
            var lf = input.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            var length = lf < 0 ? end - start : searched + lf + 1;
            if (length > limit)
            {
                throw new LineTooLongException();
            }

            if (lf >= 0)
            {
                var line = input.AsSpan(start, length).ToArray();
                start += length;
                return line;
            }

            searched = length;
            if (!await FillAsync(ct))
            {
                return null;
            }
        }
    }

    /// <summary>Fills <paramref name="destination"/>; false when the client closes before.</summary>
    public async ValueTask<bool> ReadExactlyAsync(Memory<byte> destination, CancellationToken ct)
    {
        while (destination.Length > 0)
        {
            if (start == end && !await FillAsync(ct))
            {
                return false;
            }

            var count = Math.Min(destination.Length, end - start);
            input.AsMemory(start, count).CopyTo(destination);
            start += count;
            destination = destination[count..];
        }

        return true;
    }

    /// <summary>Takes text for the client; it leaves with <see cref="FlushAsync"/>.</summary>
    public void Write(string text) => Encoding.UTF8.GetBytes(text, output);

    public void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>Takes a large value for the client without copying it into the buffer.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (bytes.Length < FlushAt)
        {
            output.Write(bytes.Span);
            await FlushIfFullAsync(ct);
            return;
        }

        await FlushAsync(ct);
        await SendAsync(bytes, ct);
    }

    public ValueTask FlushIfFullAsync(CancellationToken ct) => output.WrittenCount >= FlushAt ? FlushAsync(ct) : ValueTask.CompletedTask;

    public async ValueTask FlushAsync(CancellationToken ct)
    {
        if (output.WrittenCount > 0)
        {
            await SendAsync(output.WrittenMemory, ct);
            output.ResetWrittenCount();
        }
    }

    /// <summary>Shakes hands as the server. What the client sent in clear text before is thrown away (RFC 3207 §4.2, RFC 3501 §6.2.1).</summary>
    public async Task UpgradeToTlsAsync(SslStreamCertificateContext certificate, CancellationToken ct)
    {
        start = end = 0;
        var tls = new SslStream(transport, leaveInnerStreamOpen: false);
        transport = tls;
        using var timeout = Timeout(TimeSpan.FromSeconds(30), ct);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            timeout.Token);
        IsEncrypted = true;
    }

    /// <summary>Compresses both directions from here on (RFC 4978).</summary>
    public void UpgradeToDeflate()
    {
        start = end = 0;
        inflater = new DeflateStream(transport, CompressionMode.Decompress, leaveOpen: true);
        deflater = new DeflateStream(transport, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Sends what is buffered and closes the connection without a word.</summary>
    /// <exception cref="ConnectionCutException">Always: the dialogue is over.</exception>
    public async Task CutAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        Close();
        throw new ConnectionCutException();
    }

    /// <summary>Closes without ending the compressed stream: the client may be gone, and needs no end to understand what it got.</summary>
    public ValueTask DisposeAsync() => transport.DisposeAsync();

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        // What is slow on purpose takes its time.
        using var timeout = Timeout(BytePause is null ? WriteTimeout : System.Threading.Timeout.InfiniteTimeSpan, ct);
        if (CutAfter is { } rest && rest < bytes.Length)
        {
            await WriteThroughAsync(bytes[..(int)rest], timeout.Token);
            Close();
            throw new ConnectionCutException();
        }

        CutAfter -= bytes.Length;
        await WriteThroughAsync(bytes, timeout.Token);
    }

    private async Task WriteThroughAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var target = deflater ?? transport;
        if (BytePause is { } pause)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                await target.WriteAsync(bytes.Slice(i, 1), ct);
                await target.FlushAsync(ct);
                await Task.Delay(pause, time, ct);
            }

            return;
        }

        await target.WriteAsync(bytes, ct);
        await target.FlushAsync(ct);
    }

    private void Close()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client was faster.
        }

        socket.Dispose();
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        if (start == end)
        {
            start = end = 0;
        }
        else if (end == input.Length)
        {
            var target = start > 0 ? input : new byte[input.Length * 2];
            input.AsSpan(start, end - start).CopyTo(target);
            input = target;
            end -= start;
            start = 0;
        }

        using var timeout = Timeout(IdleTimeout, ct);
        var read = await (inflater ?? transport).ReadAsync(input.AsMemory(end), timeout.Token);
        end += read;
        return read > 0;
    }

    private TimeoutToken Timeout(TimeSpan after, CancellationToken ct) => new(after, time, ct);

    private sealed class TimeoutToken : IDisposable
    {
        private readonly CancellationTokenSource timer;
        private readonly CancellationTokenSource linked;

        public TimeoutToken(TimeSpan after, TimeProvider time, CancellationToken ct)
        {
            timer = new CancellationTokenSource(after, time);
            linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        }

        public CancellationToken Token => linked.Token;

        public void Dispose()
        {
            linked.Dispose();
            timer.Dispose();
        }
    }
}

/// <summary>The connection was cut on purpose: the session ends without a word.</summary>
internal sealed class ConnectionCutException : Exception;

/// <summary>The client sent a line beyond the limit: its end is not known, so the dialogue cannot go on.</summary>
internal sealed class LineTooLongException : Exception;
