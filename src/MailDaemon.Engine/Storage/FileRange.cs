namespace MailDaemon.Engine.Storage;

/// <summary>Some bytes of a file as a stream of their own. Disposing it closes the file.</summary>
internal sealed class FileRange : Stream
{
    private readonly FileStream _file;
    private readonly long _end;

    /// <param name="file">Stands nowhere else meanwhile; closed with this stream.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">Bytes; where the file ends earlier, so does this stream.</param>
    public FileRange(FileStream file, long offset, long length)
    {
        _file = file;
        _end = offset + length;
        _file.Seek(offset, SeekOrigin.Begin);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => _file.Read(buffer[..Room(buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _file.ReadAsync(buffer[..Room(buffer.Length)], cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }

    private int Room(int wanted) => (int)Math.Min(wanted, _end - _file.Position);
}
