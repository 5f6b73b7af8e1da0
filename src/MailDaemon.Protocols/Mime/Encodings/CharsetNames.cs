using System.Collections.Frozen;
using System.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Charset names as senders write them, to the encodings of .NET.</summary>
internal static class CharsetNames
{
    /// <summary>Names that .NET does not know or reads otherwise than the WHATWG Encoding Standard.</summary>
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["utf8"] = "utf-8",
        ["unicode-1-1-utf-8"] = "utf-8",
        ["utf-8-mac"] = "utf-8",
        ["utf8mb4"] = "utf-8",
        ["cp65001"] = "utf-8",
        ["65001"] = "utf-8",
        ["ascii"] = "us-ascii",
        ["us"] = "us-ascii",
        ["usascii"] = "us-ascii",
        ["ansi_x3.4-1968"] = "us-ascii",
        ["iso646-us"] = "us-ascii",
        ["646"] = "us-ascii",
        ["utf-16"] = "utf-16le",
        ["unicode"] = "utf-16le",
        ["ucs-2"] = "utf-16le",
        ["iso-10646-ucs-2"] = "utf-16le",
        ["unicodefffe"] = "utf-16be",
        ["utf7"] = "utf-7",
        ["unicode-1-1-utf-7"] = "utf-7",
        ["x-unicode-2-0-utf-7"] = "utf-7",
        ["iso-8859-1"] = "windows-1252",
        ["iso8859-1"] = "windows-1252",
        ["iso_8859-1"] = "windows-1252",
        ["iso88591"] = "windows-1252",
        ["latin1"] = "windows-1252",
        ["latin-1"] = "windows-1252",
        ["l1"] = "windows-1252",
        ["cp819"] = "windows-1252",
        ["ansi"] = "windows-1252",
        ["iso-8859-9"] = "windows-1254",
        ["latin5"] = "windows-1254",
        ["iso-8859-11"] = "windows-874",
        ["tis-620"] = "windows-874",
        ["iso-8859-8-i"] = "iso-8859-8",
        ["iso-8859-8-e"] = "iso-8859-8",
        ["iso-8859-6-i"] = "iso-8859-6",
        ["iso-8859-6-e"] = "iso-8859-6",
        ["gb2312"] = "gb18030",
        ["gbk"] = "gb18030",
        ["x-gbk"] = "gb18030",
        ["gb_2312"] = "gb18030",
        ["gb_2312-80"] = "gb18030",
        ["gb2312-80"] = "gb18030",
        ["csgb2312"] = "gb18030",
        ["chinese"] = "gb18030",
        ["cp936"] = "gb18030",
        ["936"] = "gb18030",
        ["ms936"] = "gb18030",
        ["windows-936"] = "gb18030",
        ["euc-cn"] = "gb18030",
        ["x-euc-cn"] = "gb18030",
        ["gb-18030"] = "gb18030",
        ["hz"] = "hz-gb-2312",
        ["big5-hkscs"] = "big5",
        ["big5hkscs"] = "big5",
        ["cp950"] = "big5",
        ["950"] = "big5",
        ["x-x-big5"] = "big5",
        ["euc-tw"] = "x-cp20000",
        ["ks_c_5601-1987"] = "cp949",
        ["ks_c_5601-1989"] = "cp949",
        ["ks_c_5601"] = "cp949",
        ["ksc5601"] = "cp949",
        ["ksc_5601"] = "cp949",
        ["ks_c-5601-1987"] = "cp949",
        ["korean"] = "cp949",
        ["euc-kr"] = "cp949",
        ["euckr"] = "cp949",
        ["uhc"] = "cp949",
        ["windows-949"] = "cp949",
        ["949"] = "cp949",
        ["sjis"] = "shift_jis",
        ["shift-jis"] = "shift_jis",
        ["x-sjis"] = "shift_jis",
        ["ms_kanji"] = "shift_jis",
        ["ms932"] = "shift_jis",
        ["cp932"] = "shift_jis",
        ["windows-31j"] = "shift_jis",
        ["eucjp"] = "euc-jp",
        ["x-euc-jp"] = "euc-jp",
        ["iso-2022-jp-1"] = "iso-2022-jp",
        ["iso-2022-jp-2"] = "iso-2022-jp",
        ["iso-2022-jp-3"] = "iso-2022-jp",
        ["iso-2022-jp-ms"] = "iso-2022-jp",
        ["cp50220"] = "iso-2022-jp",
        ["koi8_r"] = "koi8-r",
        ["koi8"] = "koi8-r",
        ["koi"] = "koi8-r",
        ["koi8_u"] = "koi8-u",
        ["koi8-ru"] = "koi8-u",
        ["koi8u"] = "koi8-u",
        ["mac"] = "macintosh",
        ["x-mac-roman"] = "macintosh",
        ["x-mac-cyrillic"] = "x-mac-ukrainian",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of .NET encodings that its table of names lacks, by code page.</summary>
    private static readonly FrozenDictionary<string, int> CodePages = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["cp949"] = 949,
        ["iso-2022-jp"] = 50220,
        ["euc-jp"] = 51932,
        ["x-mac-ukrainian"] = 10007,
        ["iso-2022-cn"] = 50227,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name by which it is known here, lower-case; null when nothing is named (<c>unknown-8bit</c>, <c>x-unknown</c>).</summary>
    public static string? Normalize(string? charset)
    {
        if (charset is null)
        {
            return null;
        }

        var name = charset.Trim(' ', '\t', '\r', '\n', '"', '\'', ';', ',').ToLowerInvariant();
        if (name.StartsWith("3d", StringComparison.Ordinal))
        {
            name = name[2..].Trim('"'); // QUIRK: a header that went through quoted-printable
        }

        if (name.Length is 0 or > 60 || name is "unknown-8bit" or "x-unknown" or "unknown" or "default" or "none" or "default_charset" or "8bit" or "binary")
        {
            return null;
        }

        name = name.StartsWith("cs", StringComparison.Ordinal) && !name.StartsWith("csgb", StringComparison.Ordinal) ? name[2..] : name;
        name = name.Replace("iso_8859", "iso-8859", StringComparison.Ordinal).Replace("iso8859", "iso-8859", StringComparison.Ordinal);
        if (name.StartsWith("iso-8859-", StringComparison.Ordinal) && name.IndexOf(':', StringComparison.Ordinal) is > 0 and var year)
        {
            name = name[..year]; // "ISO_8859-1:1987"
        }

        return Aliases.GetValueOrDefault(name, name);
    }

    /// <param name="name">As <see cref="Normalize"/> gives it.</param>
    public static bool IsKnown(string name) => name is "utf-8" or "us-ascii" or "utf-7" || SingleByteTables.Find(name) is not null || Find(name) is not null;

    /// <summary>Null when the name is unknown.</summary>
    /// <param name="name">As <see cref="Normalize"/> gives it.</param>
    public static Encoding? Find(string name)
    {
        var encoding = name switch
        {
            "utf-16le" => Encoding.Unicode,
            "utf-16be" => Encoding.BigEndianUnicode,
            "utf-32" or "utf-32le" => Encoding.UTF32,
            _ when CodePages.TryGetValue(name, out var page) => CodePagesEncodingProvider.Instance.GetEncoding(page),
            _ => CodePagesEncodingProvider.Instance.GetEncoding(name),
        };
        return encoding ?? (NumberOf(name) is { } number ? CodePagesEncodingProvider.Instance.GetEncoding(number) : null);
    }

    /// <summary>The same encoding with U+FFFD for each byte that it has no character for.</summary>
    public static Encoding Marking(Encoding encoding)
    {
        var marking = (Encoding)encoding.Clone();
        marking.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
        return marking;
    }

    /// <summary>The number in <c>cp1251</c>, <c>cp-850</c>, <c>windows1251</c>, <c>win-1251</c>, <c>ibm-437</c>, <c>1251</c>.</summary>
    private static int? NumberOf(string name)
    {
        var digits = name.AsSpan().TrimStart("abcdefghijklmnopqrstuvwxyz-_");
        var prefix = name.AsSpan(0, name.Length - digits.Length).TrimEnd("-_");
        return prefix is "cp" or "windows" or "win" or "ibm" or "dos" or "x-cp" or "" && digits.Length is >= 3 and <= 5 &&
            int.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65000
                ? number
                : null;
    }
}
