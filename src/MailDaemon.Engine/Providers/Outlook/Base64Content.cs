using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>A body that is base64 of a stream, with fixed text around it, in constant memory. It can be sent again.</summary>
internal sealed class Base64Content : HttpContent
{
    /// <summary>Bytes of which the base64 text needs no padding.</summary>
    private const int BlockBytes = 3 * 16 * 1024;

    private readonly Func<Stream> open = () => Stream.Null;
    private readonly bool isLeftOpen;
    private readonly long size;
    private readonly byte[] before = [];
    private readonly byte[] after = [];

    /// <param name="open">Gives the bytes from the first one on; the stream is disposed after each reading.</param>
    /// <param name="size">How many bytes those are.</param>
    public Base64Content(string contentType, Func<Stream> open, long size, byte[]? before = null, byte[]? after = null)
        : this(contentType, size)
    {
        (this.open, this.before, this.after) = (open, before ?? [], after ?? []);
    }

    /// <param name="source">Is read from its first byte on, each time, and left open.</param>
    public Base64Content(string contentType, Stream source)
        : this(contentType, source.Length)
    {
        isLeftOpen = true;
        open = () =>
        {
            source.Position = 0;
            return source;
        };
    }

    private Base64Content(string contentType, long size)
    {
        this.size = size;
        Headers.ContentType = new MediaTypeHeaderValue(contentType);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = before.Length + ((size + 2) / 3 * 4) + after.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(before, cancellationToken);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(BlockBytes));
        var source = open();
        try
        {
            int count;
            do
            {
                count = await source.ReadAtLeastAsync(block.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken);
                Base64.EncodeToUtf8(block.AsSpan(0, count), text, out _, out var written);
                await stream.WriteAsync(text.AsMemory(0, written), cancellationToken);
            }
            while (count == BlockBytes);
        }
        finally
        {
            if (!isLeftOpen)
                await source.DisposeAsync();
            ArrayPool<byte>.Shared.Return(block);
            ArrayPool<byte>.Shared.Return(text);
        }

        await stream.WriteAsync(after, cancellationToken);
    }
}
