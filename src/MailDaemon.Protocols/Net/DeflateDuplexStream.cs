using System.IO.Compression;

namespace MailDaemon.Protocols.Net;

/// <summary>Raw DEFLATE in both directions over one transport; each flush ends on a byte border (RFC 4978 §3).</summary>
internal sealed class DeflateDuplexStream : Stream
{
    private readonly Stream transport;
    private readonly DeflateStream inflater;
    private readonly DeflateStream deflater;

    /// <param name="unread">Compressed bytes that were received before the switch.</param>
    public DeflateDuplexStream(Stream transport, byte[] unread)
    {
        this.transport = transport;
        inflater = new DeflateStream(unread.Length == 0 ? transport : new PrefixedStream(unread, transport), CompressionMode.Decompress, leaveOpen: true);
        deflater = new DeflateStream(transport, CompressionLevel.Fastest, leaveOpen: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only");

    public override void Flush() => throw new NotSupportedException("Asynchronous only");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inflater.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        deflater.WriteAsync(buffer, cancellationToken);

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await deflater.FlushAsync(cancellationToken).ConfigureAwait(false);
        await transport.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        // The transport goes first: the deflater would otherwise wait for the peer to take its last block.
        await transport.DisposeAsync().ConfigureAwait(false);
        await inflater.DisposeAsync().ConfigureAwait(false);
        try
        {
            await deflater.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Its last block has nowhere to go; its memory is freed all the same.
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class PrefixedStream(byte[] prefix, Stream rest) : Stream
    {
        private int position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Asynchronous only");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Nothing is written through this stream.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (position == prefix.Length)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }

            var count = Math.Min(buffer.Length, prefix.Length - position);
            prefix.AsMemory(position, count).CopyTo(buffer);
            position += count;
            return ValueTask.FromResult(count);
        }
    }
}
