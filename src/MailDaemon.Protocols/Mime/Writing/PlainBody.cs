using System.Buffers;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>A body written as it is, its line breaks made CRLF.</summary>
internal static class PlainBody
{
    private const int MaxLine = 998;
    private const int BlockLength = 16 * 1024;

    /// <summary><c>7bit</c> or <c>8bit</c>; <c>base64</c> when the bytes cannot travel unencoded.</summary>
    public static async Task<string> FindEncodingAsync(MimeAttachment attachment, bool allow8Bit, CancellationToken ct)
    {
        var scan = new Scan();
        var stream = attachment.Open();
        await using (stream.ConfigureAwait(false))
        {
            await ForEachBlockAsync(stream, block => scan.Take(block.Span), ct).ConfigureAwait(false);
        }

        return !scan.IsPlain || (scan.Has8Bit && !allow8Bit) ? "base64" : scan.Has8Bit ? "8bit" : "7bit";
    }

    public static async Task WriteAsync(Stream content, MimeOutput output, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            var last = (byte)0;
            while (await content.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var read)
            {
                last = WriteLines(buffer.AsSpan(0, read), last, output);
                await output.FlushBlockAsync(ct).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte WriteLines(ReadOnlySpan<byte> block, byte last, MimeOutput output)
    {
        while (block.Length > 0)
        {
            var lf = block.IndexOf((byte)'\n');
            var line = lf < 0 ? block : block[..lf];
            output.Write(line);
            last = line.IsEmpty ? last : line[^1];
            if (lf >= 0)
            {
                output.Write(last == '\r' ? "\n"u8 : "\r\n"u8);
                last = (byte)'\n';
            }

            block = block[(line.Length + (lf < 0 ? 0 : 1))..];
        }

        return last;
    }

    private static async Task ForEachBlockAsync(Stream content, Action<ReadOnlyMemory<byte>> take, CancellationToken ct)
    {
        var buffer = new byte[BlockLength];
        while (await content.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var read)
        {
            take(buffer.AsMemory(0, read));
        }
    }

    /// <summary>What stands in the way of sending bytes as they are.</summary>
    private sealed class Scan
    {
        private int lineLength;
        private bool afterCr;
        private int boundaryMatch;

        public bool IsPlain { get; private set; } = true;

        public bool Has8Bit { get; private set; }

        public void Take(ReadOnlySpan<byte> block)
        {
            foreach (var each in block)
            {
                Has8Bit |= each >= 0x80;
                IsPlain &= each != 0 && (!afterCr || each == '\n');
                afterCr = each == '\r';
                boundaryMatch = lineLength == boundaryMatch && boundaryMatch < 4 && each == "--=_"u8[boundaryMatch] ? boundaryMatch + 1 : 0;
                lineLength = each == '\n' ? 0 : lineLength + 1;
                IsPlain &= lineLength <= MaxLine + 1 && boundaryMatch < 4;
            }
        }
    }
}
