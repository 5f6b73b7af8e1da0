using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MailDaemon.Protocols.Mime.Encodings;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// Bytes to text by charset name, read as the WHATWG Encoding Standard reads them (gb2312 as gb18030, ks_c_5601-1987 as cp949,
/// iso-8859-1 as windows-1252). The bytes are believed over the name: valid multi-byte UTF-8 is UTF-8, and a name that is unknown or that
/// the bytes contradict is replaced by a guess. Never throws: what cannot be decoded becomes U+FFFD.
/// </summary>
public static class Charsets
{
    /// <summary>Bytes of a page that are searched for its own charset (HTML §13.2.3.2 says 1024).</summary>
    private const int MetaSearchLength = 2048;

    private static readonly SearchValues<char> MetaValueEnd = SearchValues.Create(" \t\r\n\"'>;/?");

    /// <summary>Decodes a body. A byte order mark wins over <paramref name="charset"/>, which may be null, unknown, misspelt or wrong.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset) => Read(bytes, charset, isPage: false).Text;

    /// <summary>Decodes a page: when its part names no charset that fits, the one it names itself in a meta element.</summary>
    public static string DecodeHtml(ReadOnlySpan<byte> bytes, string? charset) => Read(bytes, charset, isPage: true).Text;

    /// <summary>As <see cref="Decode"/>, or <see cref="DecodeHtml"/> of a page, with a defect when the name was not followed.</summary>
    public static DecodedText Read(ReadOnlySpan<byte> bytes, string? charset, bool isPage)
    {
        if (ByteOrderMark(bytes, out var length) is { } marked)
        {
            return new DecodedText(marked.GetString(bytes[length..]));
        }

        var name = CharsetNames.Normalize(charset) is { } normal && CharsetNames.IsKnown(normal) ? normal : null;
        if (Ascii.IsValid(bytes))
        {
            return ReadSevenBit(bytes, name, charset);
        }

        if (Utf8.IsValid(bytes) && !CharsetFit.IsUtf8ByChance(bytes, name))
        {
            var isRight = name is "utf-8" or null;
            return new DecodedText(Encoding.UTF8.GetString(bytes), isRight ? null : Contradiction(name!, "utf-8"));
        }

        if (name is not null && CharsetFit.Fits(bytes, name))
        {
            return new DecodedText(DecodeNamed(bytes, name));
        }

        var own = isPage && CharsetNames.Normalize(MetaCharset(bytes)) is { } meta && meta != name && CharsetNames.IsKnown(meta) && CharsetFit.Fits(bytes, meta) ? meta : null;
        var read = own ?? CharsetGuess.Name(bytes);
        return new DecodedText(DecodeNamed(bytes, read), name is not null ? Contradiction(name, read) : own is null ? Guess(charset, read) : null);
    }

    /// <summary>Raw 8-bit bytes of a header field: UTF-8 (RFC 6532), else what the field or the body declares, else a guess.</summary>
    internal static string DecodeHeader(ReadOnlySpan<byte> bytes, string? declared) =>
        Read(bytes, declared?.StartsWith("utf-", StringComparison.OrdinalIgnoreCase) == true ? null : declared, isPage: false).Text;

    /// <summary>The bytes of an encoded word.</summary>
    internal static string DecodeWord(ReadOnlySpan<byte> bytes, string charset) => Read(bytes, charset, isPage: false).Text;

    private static DecodedText ReadSevenBit(ReadOnlySpan<byte> bytes, string? name, string? charset)
    {
        if (CharsetGuess.HasEscapes(bytes) && name?.StartsWith("iso-2022-", StringComparison.Ordinal) != true)
        {
            var guess = CharsetGuess.Name(bytes);
            return new DecodedText(DecodeNamed(bytes, guess), name is null ? Guess(charset, guess) : Contradiction(name, guess));
        }

        if (name is not null && !CharsetFit.Fits(bytes, name))
        {
            return new DecodedText(Encoding.ASCII.GetString(bytes), Contradiction(name, "us-ascii"));
        }

        return new DecodedText(name is null ? Encoding.ASCII.GetString(bytes) : DecodeNamed(bytes, name));
    }

    private static string DecodeNamed(ReadOnlySpan<byte> bytes, string name) => name switch
    {
        "utf-8" or "us-ascii" => Encoding.UTF8.GetString(bytes),
        "utf-7" => Utf7.Decode(bytes),
        _ when SingleByteTables.Find(name) is { } table => SingleByteTables.Decode(bytes, table),
        _ => (CharsetNames.Find(name) ?? Encoding.UTF8).GetString(bytes),
    };

    private static string Contradiction(string said, string read) => $"The charset {said} contradicts the text; it was read as {read}.";

    private static string Guess(string? charset, string read) => charset is null
        ? $"A text names no charset; it was read as {read}."
        : $"A text names an unknown charset; it was read as {read}.";

    private static Encoding? ByteOrderMark(ReadOnlySpan<byte> bytes, out int length)
    {
        (var encoding, length) = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            _ => ((Encoding?)null, 0),
        };
        return encoding;
    }

    /// <summary>The word after <c>charset=</c> near the beginning, as in <c>&lt;meta charset="gbk"&gt;</c> and in http-equiv, or the encoding of an XML declaration.</summary>
    private static string? MetaCharset(ReadOnlySpan<byte> page)
    {
        var head = Encoding.Latin1.GetString(page[..Math.Min(page.Length, MetaSearchLength)]);
        return ValueOf(head, "<meta", "charset") ?? ValueOf(head, "<?xml", "encoding");
    }

    private static string? ValueOf(string head, string element, string attribute)
    {
        var start = head.IndexOf(element, StringComparison.OrdinalIgnoreCase);
        var key = start < 0 ? -1 : head.IndexOf(attribute, start, StringComparison.OrdinalIgnoreCase);
        if (key < 0)
        {
            return null;
        }

        var value = head.AsSpan(key + attribute.Length).TrimStart();
        if (!value.StartsWith("="))
        {
            return null;
        }

        value = value[1..].TrimStart(" \t\r\n\"'");
        var end = value.IndexOfAny(MetaValueEnd);
        return (end < 0 ? value : value[..end]).ToString();
    }
}
