using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Letters as people search for them: small, without accents, dots and strokes (<c>Müller</c> is <c>muller</c>, <c>Łódź</c> is
/// <c>lodz</c>), Chinese characters in their simplified form. What tells letters apart stays: <c>й</c>, the marks of kana and of the
/// scripts of India.
/// </summary>
internal static class LetterFold
{
    private const int TableLength = 0x2000;

    /// <summary>Null where a character only gets small.</summary>
    private static readonly string?[] Table = CreateTable();

    /// <summary>What a character becomes; null when that is the character itself in small.</summary>
    public static string? Of(Rune rune) => rune.Value < TableLength ? Table[rune.Value] : null;

    /// <summary>A letter or character that becomes one other.</summary>
    public static Rune Simple(Rune rune) => rune.IsBmp && HanVariants.Simplify((char)rune.Value) is var han && han != rune.Value
        ? new Rune(han)
        : Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));

    /// <summary>A mark that is put on letters and left out by those who search: accents, the points of Hebrew and Arabic, the Arabic stretch.</summary>
    public static bool IsLeftOut(int value) => value is >= 0x0300 and <= 0x036F or >= 0x0591 and <= 0x05BD or 0x05BF or 0x05C1 or 0x05C2 or 0x05C4 or 0x05C5 or 0x05C7
        or >= 0x0610 and <= 0x061A or 0x0640 or >= 0x064B and <= 0x065F or 0x0670 or >= 0x06D6 and <= 0x06DC or >= 0x06DF and <= 0x06E4 or 0x06E7 or 0x06E8 or >= 0x06EA and <= 0x06ED;

    private static string?[] CreateTable()
    {
        var table = new string?[TableLength];
        foreach (var (first, last) in ((int, int)[])[(0x00C0, 0x024F), (0x0370, 0x03FF), (0x1E00, 0x1FFF)])
        {
            for (var value = first; value <= last; value++)
                table[value] = WithoutMarks((char)value);
        }

        (table['\u0401'], table['\u0451']) = ("е", "е"); // ё, which most people write as е
        foreach (var (letters, plain) in ((string, string)[])[("ßẞ", "ss"), ("æÆ", "ae"), ("œŒ", "oe"), ("øØ", "o"), ("đĐðÐ", "d"), ("łŁ", "l"), ("þÞ", "th"), ("ħĦ", "h"), ("ıİ", "i")])
        {
            foreach (var letter in letters)
                table[letter] = plain;
        }

        foreach (var alef in "آأإٱ")
            table[alef] = "ا";
        return table;
    }

    private static string? WithoutMarks(char letter)
    {
        if (!char.IsLetter(letter))
            return null;
        var decomposed = letter.ToString().Normalize(NormalizationForm.FormD);
        if (decomposed.Length == 1)
            return null;
        var plain = string.Concat(decomposed.Where(each => char.GetUnicodeCategory(each) != UnicodeCategory.NonSpacingMark));
        return plain.Length == 0 ? null : plain.ToUpperInvariant().ToLowerInvariant();
    }
}
