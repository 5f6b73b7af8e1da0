namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Decodes another stream while it is read; holds one block of it.</summary>
internal sealed class DecodingStream(Stream encoded, BodyDecoder decoder) : Stream
{
    private readonly byte[] input = new byte[16 * 1024];
    private byte[] output = [];
    private int start;
    private int end;
    private bool isFinished;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (start == end && !isFinished && buffer.Length > 0)
        {
            Take(encoded.Read(input));
        }

        return Give(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (start == end && !isFinished && buffer.Length > 0)
        {
            Take(await encoded.ReadAsync(input, cancellationToken).ConfigureAwait(false));
        }

        return Give(buffer.Span);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            encoded.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Take(int read)
    {
        isFinished = read == 0;
        var needed = decoder.MaxOutput(read);
        if (output.Length < needed)
        {
            output = new byte[needed];
        }

        start = 0;
        end = decoder.Decode(input.AsSpan(0, read), output, isFinished);
    }

    private int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, end - start);
        output.AsSpan(start, count).CopyTo(buffer);
        start += count;
        return count;
    }
}
