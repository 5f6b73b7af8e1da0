using System.Buffers.Text;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>Base64 in lines of 76 characters (RFC 2045 §6.8), without a line break at the end.</summary>
internal static class Base64Lines
{
    private const int LineBytes = 57;
    private const int LineChars = 76;
    private const int BlockLength = LineBytes * 512;

    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        var lines = (bytes.Length + LineBytes - 1) / LineBytes;
        var result = new byte[lines * (LineChars + 2)];
        var length = EncodeLines(bytes, result, isFirst: true);
        return result[..length];
    }

    public static async Task WriteAsync(Stream content, MimeOutput output, CancellationToken ct)
    {
        var block = new byte[BlockLength];
        var isFirst = true;
        while (true)
        {
            var read = await content.ReadAtLeastAsync(block, BlockLength, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            output.Advance(EncodeLines(block.AsSpan(0, read), output.Reserve(BlockLength * 2), isFirst));
            await output.FlushBlockAsync(ct).ConfigureAwait(false);
            isFirst = false;
            if (read < BlockLength)
            {
                return;
            }
        }
    }

    private static int EncodeLines(ReadOnlySpan<byte> bytes, Span<byte> output, bool isFirst)
    {
        var written = 0;
        while (bytes.Length > 0)
        {
            if (!isFirst)
            {
                "\r\n"u8.CopyTo(output[written..]);
                written += 2;
            }

            isFirst = false;
            var line = bytes[..Math.Min(LineBytes, bytes.Length)];
            Base64.EncodeToUtf8(line, output[written..], out _, out var length);
            written += length;
            bytes = bytes[line.Length..];
        }

        return written;
    }
}
