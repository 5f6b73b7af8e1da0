using System.Buffers;
using System.Text;

namespace MailDaemon.Sandbox.Imap;

/// <summary>Header blocks as bytes: a server hands fields on as they are, decoded or not.</summary>
internal static class HeaderText
{
    /// <summary>Where the body begins: after the first empty line, or at the end when there is none.</summary>
    public static int EndOf(ReadOnlySpan<byte> message)
    {
        for (var start = 0; start < message.Length;)
        {
            var end = EndOfLine(message, start);
            if (message[start..end].TrimEnd("\r\n"u8).IsEmpty)
            {
                return end;
            }

            start = end;
        }

        return message.Length;
    }

    /// <summary>The fields of these names, or all others, and the empty line (RFC 3501 §6.4.5).</summary>
    public static ReadOnlyMemory<byte> Select(ReadOnlySpan<byte> header, IReadOnlyList<string> names, bool isKept)
    {
        var selected = new ArrayBufferWriter<byte>();
        for (var start = 0; start < header.Length;)
        {
            var end = EndOfLine(header, start);
            while (end < header.Length && header[end] is (byte)' ' or (byte)'\t')
            {
                end = EndOfLine(header, end);
            }

            var field = header[start..end];
            var colon = field.IndexOf((byte)':');
            if (colon > 0)
            {
                var name = Encoding.Latin1.GetString(field[..colon]).TrimEnd();
                if (names.Contains(name, StringComparer.OrdinalIgnoreCase) == isKept)
                {
                    selected.Write(field);
                }
            }

            start = end;
        }

        selected.Write("\r\n"u8);
        return selected.WrittenMemory;
    }

    private static int EndOfLine(ReadOnlySpan<byte> text, int start)
    {
        var lf = text[start..].IndexOf((byte)'\n');
        return lf < 0 ? text.Length : start + lf + 1;
    }
}
