using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>Text of scripts that put no space between words: Chinese, Japanese, Korean, Thai, Lao, Myanmar, Khmer.</summary>
internal static class UnspacedText
{
    /// <summary>Of blanks and quotation marks around a line break so many are looked at.</summary>
    private const int MaxAround = 80;

    public static bool IsUnspaced(int value) => IsSouthEastAsian(value) || value switch
    {
        < 0x1100 => false,
        <= 0x11FF => true, // Hangul letters
        < 0x2E80 => false,
        <= 0x31FF => true, // radicals, iteration marks, kana, bopomofo, more Hangul letters
        >= 0x3400 and <= 0x4DBF => true, // Han, extension A
        >= 0x4E00 and <= 0x9FFF => true,
        >= 0xA960 and <= 0xA97F => true,
        >= 0xAC00 and <= 0xD7FF => true,
        >= 0xF900 and <= 0xFAFF => true,
        >= 0x16FE0 and <= 0x1B16F => true, // Tangut, Khitan, more kana
        >= 0x20000 and <= 0x3FFFF => true, // Han, the other planes
        _ => false,
    };

    /// <summary>Thai and Lao, Myanmar, Khmer: their marks are letters to whoever searches.</summary>
    public static bool IsSouthEastAsian(int value) => value is >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF;

    /// <summary>
    /// Where a text goes on that a line break tore apart: one break, with blanks and the marks of a quotation around it, between two
    /// characters without spaces. Korean is written with spaces, and its lines end there.
    /// </summary>
    /// <param name="at">The white space behind <paramref name="last"/>.</param>
    /// <returns>Null when the white space is a border.</returns>
    public static int? AfterBreak(ReadOnlySpan<char> text, int at, Rune last)
    {
        if (!IsTorn(last))
            return null;
        var breaks = 0;
        var end = Math.Min(text.Length, at + MaxAround);
        for (var i = at; i < end; i++)
        {
            switch (text[i])
            {
                case '\n':
                    breaks++;
                    break;
                case '\r' or ' ' or '\t':
                    break;
                case '>' when breaks == 1:
                    break;
                default:
                    return breaks == 1 && Rune.DecodeFromUtf16(text[i..], out var next, out _) == System.Buffers.OperationStatus.Done && IsTorn(next) && IsLetter(next) ? i : null;
            }
        }

        return null;
    }

    private static bool IsTorn(Rune rune) => IsUnspaced(rune.Value) && rune.Value is not (>= 0x1100 and <= 0x11FF or >= 0x3130 and <= 0x318F or >= 0xA960 and <= 0xA97F or >= 0xAC00 and <= 0xD7FF);

    private static bool IsLetter(Rune rune) => Rune.IsLetter(rune) || IsSouthEastAsian(rune.Value);
}
