namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// A mail on its way to the server. Whoever reads its last byte waits until the hand-over is written down: an upload reads a part when the
/// server has all before it, and takes nothing for a mail that lacks a byte.
/// </summary>
internal sealed class HandOverStream(Stream mail, Func<CancellationToken, Task> handOver) : Stream
{
    /// <summary>From now on only the server's answer says whether the mail is accepted.</summary>
    public bool IsHandedOver { get; private set; }

    /// <summary>What the hand-over itself failed with.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => mail.Length;

    public override long Position
    {
        get => mail.Position;
        set => mail.Position = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsHandedOver && mail.Position + buffer.Length >= mail.Length)
        {
            try
            {
                await handOver(cancellationToken);
            }
            catch (Exception e)
            {
                Failure = e;
                throw;
            }

            IsHandedOver = true;
        }

        return await mail.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => mail.Seek(offset, origin);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A hand-over is awaited: read with ReadAsync.");

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
