using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Smtp;

/// <summary>
/// The only way a message gets on the wire after DATA (RFC 5321 §4.5.2): a dot at the start of a line is doubled, and
/// every bare CR or LF becomes CRLF, so that no server can see an end of the message inside it (CVE-2023-51764 and its kin).
/// Asynchronous only; memory is constant whatever the size. Disposing of it ends nothing.
/// </summary>
internal sealed class SmtpDataStream(WireStream wire) : Stream
{
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();
    private static readonly byte[] Dot = "."u8.ToArray();

    private bool isAtLineStart = true;
    private bool isAfterCr;
    private bool isComplete;

    /// <summary>Bytes of the message on the wire so far, without doubled dots.</summary>
    public long BytesWritten { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only");

    public override void Flush() => throw new NotSupportedException("Asynchronous only");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (isComplete)
        {
            throw new InvalidOperationException("The message is complete");
        }

        while (buffer.Length > 0)
        {
            var lineEnd = buffer.Span.IndexOfAny((byte)'\r', (byte)'\n');
            if (lineEnd != 0)
            {
                var run = lineEnd < 0 ? buffer : buffer[..lineEnd];
                await WriteRunAsync(run, cancellationToken).ConfigureAwait(false);
                buffer = buffer[run.Length..];
                continue;
            }

            var isCr = buffer.Span[0] == '\r';
            if (isCr || !isAfterCr)
            {
                await EndLineAsync(cancellationToken).ConfigureAwait(false);
            }

            isAfterCr = isCr;
            buffer = buffer[1..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => wire.FlushAsync(cancellationToken).AsTask();

    /// <summary>Ends the last line and sends all but the final dot: until that leaves, the server cannot have accepted the message.</summary>
    public async Task CompleteAsync(CancellationToken ct)
    {
        if (!isAtLineStart)
        {
            await EndLineAsync(ct).ConfigureAwait(false);
        }

        isComplete = true;
        await wire.FlushAsync(ct).ConfigureAwait(false);
    }

    private async ValueTask WriteRunAsync(ReadOnlyMemory<byte> run, CancellationToken ct)
    {
        if (isAtLineStart && run.Span[0] == '.')
        {
            await wire.WriteAsync(Dot, ct).ConfigureAwait(false);
        }

        await wire.WriteAsync(run, ct).ConfigureAwait(false);
        BytesWritten += run.Length;
        isAtLineStart = false;
        isAfterCr = false;
    }

    private ValueTask EndLineAsync(CancellationToken ct)
    {
        isAtLineStart = true;
        BytesWritten += LineEnd.Length;
        return wire.WriteAsync(LineEnd, ct);
    }
}
