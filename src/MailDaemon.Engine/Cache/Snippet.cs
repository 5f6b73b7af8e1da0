using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>The start of a text as lists show it.</summary>
internal static class Snippet
{
    public const int Longest = 200;

    /// <summary>At most 200 characters (UTF-16): no control, zero-width or filler characters, white space collapsed, no half of a pair.</summary>
    public static string Of(string text)
    {
        var result = new StringBuilder(Longest);
        var owesSpace = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || IsBlank(rune))
            {
                owesSpace = result.Length > 0;
                continue;
            }

            if (IsInvisible(rune))
                continue;
            var needed = rune.Utf16SequenceLength + (owesSpace ? 1 : 0);
            if (result.Length + needed > Longest)
                break;
            if (owesSpace)
                result.Append(' ');
            owesSpace = false;
            result.Append(rune);
        }

        return result.ToString();
    }

    private static bool IsInvisible(Rune rune) =>
        rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned;

    /// <summary>Letters by name that show nothing: Braille blank and the Hangul fillers, used to pad preview texts.</summary>
    private static bool IsBlank(Rune rune) => rune.Value is 0x2800 or 0x3164 or 0xFFA0;
}
