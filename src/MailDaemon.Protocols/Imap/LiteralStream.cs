using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Imap;

/// <summary>Takes exactly the bytes a literal announced.</summary>
internal sealed class LiteralStream(WireStream wire, long size) : Stream
{
    private long written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => size;

    public override long Position
    {
        get => written;
        set => throw new NotSupportedException();
    }

    public void RequireComplete()
    {
        if (written != size)
        {
            throw new InvalidOperationException($"The message was announced with {size} bytes and has {written}");
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > size - written)
        {
            throw new InvalidOperationException($"The message was announced with {size} bytes and has more");
        }

        written += buffer.Length;
        for (var rest = buffer; !rest.IsEmpty;)
        {
            // In slices, so that the buffer of the wire stays small whatever the caller writes at once.
            var slice = rest[..Math.Min(rest.Length, 64 * 1024)];
            await wire.WriteAsync(slice, cancellationToken).ConfigureAwait(false);
            rest = rest[slice.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // The command that the literal belongs to is flushed as a whole.
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
