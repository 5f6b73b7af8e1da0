using System.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>The Q encoding of encoded words (RFC 2047 §4.2): quoted-printable on one line, underscore for space.</summary>
internal static class QEncoding
{
    private const string Hex = "0123456789ABCDEF";

    /// <summary>Whether the byte stands for itself wherever an encoded word may be, a phrase included (RFC 2047 §5 (3)).</summary>
    public static bool IsPlain(byte each) => char.IsAsciiLetterOrDigit((char)each) || each is (byte)'!' or (byte)'*' or (byte)'+' or (byte)'-' or (byte)'/';

    public static int Length(Rune rune) => rune.IsAscii && (IsPlain((byte)rune.Value) || rune.Value == ' ') ? 1 : 3 * rune.Utf8SequenceLength;

    public static string Encode(string text)
    {
        var result = new StringBuilder(text.Length * 3);
        foreach (var each in Encoding.UTF8.GetBytes(text))
        {
            if (each == ' ')
            {
                result.Append('_');
            }
            else if (IsPlain(each))
            {
                result.Append((char)each);
            }
            else
            {
                result.Append('=').Append(Hex[each >> 4]).Append(Hex[each & 15]);
            }
        }

        return result.ToString();
    }

    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=' && i + 2 < text.Length && HexByte.Read(text[i + 1], text[i + 2]) is >= 0 and var octet)
            {
                result[length++] = (byte)octet;
                i += 2;
            }
            else
            {
                result[length++] = text[i] == '_' ? (byte)' ' : text[i];
            }
        }

        return result[..length];
    }
}
