using System.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>UTF-7 (RFC 2152), which .NET no longer reads. Only ever decoded to text, never before a check.</summary>
internal static class Utf7
{
    /// <remarks><c>"+" 1*base64char ["-"]; "+-" is "+"</c></remarks>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var result = new StringBuilder(bytes.Length);
        var position = 0;
        while (position < bytes.Length)
        {
            var plus = bytes[position..].IndexOf((byte)'+');
            var plain = plus < 0 ? bytes[position..] : bytes.Slice(position, plus);
            result.Append(Encoding.UTF8.GetString(plain));
            position += plain.Length;
            if (plus < 0)
            {
                break;
            }

            position++;
            var length = bytes[position..].IndexOfAnyExcept(Base64Decoder.Alphabet);
            var encoded = length < 0 ? bytes[position..] : bytes.Slice(position, length);
            position += encoded.Length;
            var hasEnd = position < bytes.Length && bytes[position] == '-';
            result.Append(encoded.IsEmpty ? "+" : Encoding.BigEndianUnicode.GetString(WholeUnits(encoded)));
            position += hasEnd ? 1 : 0;
        }

        return result.ToString();
    }

    private static ReadOnlySpan<byte> WholeUnits(ReadOnlySpan<byte> encoded)
    {
        var units = Base64Decoder.DecodeAll(encoded);
        return units.AsSpan(0, units.Length / 2 * 2);
    }
}
