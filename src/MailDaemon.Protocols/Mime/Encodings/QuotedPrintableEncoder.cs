using System.Buffers;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Quoted-printable for text with CRLF lines (RFC 2045 §6.7): lines of at most 76 characters.</summary>
internal static class QuotedPrintableEncoder
{
    private const int MaxLine = 76;

    public static byte[] Encode(ReadOnlySpan<byte> text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + (text.Length / 8) + 16);
        while (true)
        {
            var end = text.IndexOf("\r\n"u8);
            EncodeLine(end < 0 ? text : text[..end], output);
            if (end < 0)
            {
                return output.WrittenSpan.ToArray();
            }

            output.Write("\r\n"u8);
            text = text[(end + 2)..];
        }
    }

    private static void EncodeLine(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output)
    {
        var column = 0;
        var isMailboxFrom = line.StartsWith("From "u8);
        var isDot = line.SequenceEqual("."u8);
        Span<byte> escaped = stackalloc byte[3];
        for (var i = 0; i < line.Length; i++)
        {
            var each = line[i];
            var isPlain = each is (>= 33 and <= 126 and not (byte)'=') || (each is (byte)' ' or (byte)'\t' && i + 1 < line.Length);
            isPlain &= !(i == 0 && (isMailboxFrom || isDot)); // "From " and "." mean something at the start of a line
            var length = isPlain ? 1 : 3;
            if (column + length > (i + 1 == line.Length ? MaxLine : MaxLine - 1))
            {
                output.Write("=\r\n"u8);
                column = 0;
            }

            if (isPlain)
            {
                escaped[0] = each;
            }
            else
            {
                escaped[0] = (byte)'=';
                escaped[1] = "0123456789ABCDEF"u8[each >> 4];
                escaped[2] = "0123456789ABCDEF"u8[each & 15];
            }

            output.Write(escaped[..length]);
            column += length;
        }
    }
}
