using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MailDaemon.Protocols.Mime.Encodings;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// Bytes to text by charset name, read as the WHATWG Encoding Standard reads them (gb2312 as gb18030, ks_c_5601-1987 as cp949,
/// iso-8859-1 as windows-1252). Never throws: what cannot be decoded becomes U+FFFD, and without a usable name the bytes are guessed at.
/// </summary>
public static class Charsets
{
    /// <summary>Bytes of a page that are searched for its own charset (HTML §13.2.3.2 says 1024).</summary>
    private const int MetaSearchLength = 2048;

    private static readonly SearchValues<char> MetaValueEnd = SearchValues.Create(" \t\r\n\"'>;/");

    /// <summary>Decodes a body. A byte order mark wins over <paramref name="charset"/>, which may be null, unknown or misspelt.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset)
    {
        var marked = ByteOrderMark(bytes, out var length);
        if (marked is not null)
        {
            return marked.GetString(bytes[length..]);
        }

        return CharsetNames.Normalize(charset) is { } name ? DecodeNamed(bytes, name) : DecodeUnnamed(bytes);
    }

    /// <summary>Decodes a page: when its part names no charset, the one it names itself in a meta element.</summary>
    public static string DecodeHtml(ReadOnlySpan<byte> bytes, string? charset)
    {
        var isUsable = charset is not null && CharsetNames.Normalize(charset) is { } name && CharsetNames.IsKnown(name);
        return Decode(bytes, isUsable ? charset : MetaCharset(bytes) ?? charset);
    }

    /// <summary>Raw 8-bit bytes of a header field: UTF-8 (RFC 6532), else what the message declares for its body, else a guess.</summary>
    internal static string DecodeHeader(ReadOnlySpan<byte> bytes, string? declared)
    {
        if (Utf8.IsValid(bytes) && !CharsetGuess.IsChineseInDisguise(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        return CharsetNames.Normalize(declared) is { } name and not ("utf-8" or "us-ascii" or "utf-16le" or "utf-16be") && CharsetNames.IsKnown(name)
            ? DecodeNamed(bytes, name)
            : CharsetGuess.Decode(bytes);
    }

    /// <summary>The bytes of an encoded word.</summary>
    internal static string DecodeWord(ReadOnlySpan<byte> bytes, string charset) => Decode(bytes, charset);

    private static string DecodeNamed(ReadOnlySpan<byte> bytes, string name)
    {
        switch (name)
        {
            case "utf-8":
                return Encoding.UTF8.GetString(bytes);
            case "us-ascii": // nothing 8-bit can be meant by it
                return DecodeUnnamed(bytes);
            case "utf-7":
                return Utf7.Decode(bytes);
        }

        if (SingleByteTables.Find(name) is { } table)
        {
            return SingleByteTables.Decode(bytes, table);
        }

        return CharsetNames.Find(name) is { } encoding ? encoding.GetString(bytes) : DecodeUnnamed(bytes);
    }

    private static string DecodeUnnamed(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) && !CharsetGuess.HasEscapes(bytes) && !CharsetGuess.IsChineseInDisguise(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : CharsetGuess.Decode(bytes);

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

    /// <summary>The word after <c>charset=</c> near the beginning, as in <c>&lt;meta charset="gbk"&gt;</c> and in http-equiv.</summary>
    private static string? MetaCharset(ReadOnlySpan<byte> page)
    {
        var head = Encoding.Latin1.GetString(page[..Math.Min(page.Length, MetaSearchLength)]);
        var meta = head.IndexOf("<meta", StringComparison.OrdinalIgnoreCase);
        var key = meta < 0 ? -1 : head.IndexOf("charset", meta, StringComparison.OrdinalIgnoreCase);
        if (key < 0)
        {
            return null;
        }

        var value = head.AsSpan(key + "charset".Length).TrimStart();
        if (!value.StartsWith("="))
        {
            return null;
        }

        value = value[1..].TrimStart(" \t\r\n\"'");
        var end = value.IndexOfAny(MetaValueEnd);
        return (end < 0 ? value : value[..end]).ToString();
    }
}
