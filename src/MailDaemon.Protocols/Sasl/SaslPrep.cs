using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Sasl;

/// <summary>
/// SASLprep (RFC 4013): mapping, NFKC, prohibited output. A text that it prohibits is used as it is, as a server does that
/// stored it unprepared; the check of bidirectional text is left out for the same reason.
/// </summary>
internal static class SaslPrep
{
    public static string Prepare(string text)
    {
        if (text.All(char.IsAscii))
        {
            return text;
        }

        try
        {
            var mapped = new StringBuilder(text.Length);
            foreach (var c in text.Where(c => !IsMappedToNothing(c)))
            {
                mapped.Append(char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c);
            }

            var normal = mapped.ToString().Normalize(NormalizationForm.FormKC);
            return normal.Length == 0 || normal.EnumerateRunes().Any(IsProhibited) ? text : normal;
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair cannot be normalised.
            return text;
        }
    }

    /// <summary>Table B.1 of RFC 3454.</summary>
    private static bool IsMappedToNothing(char c) => c is
        '\u00AD' or '\u034F' or '\u1806' or (>= '\u180B' and <= '\u180D') or (>= '\u200B' and <= '\u200D')
        or '\u2060' or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF';

    /// <summary>Tables C.2 to C.9 of RFC 3454: controls, private use, no characters, no plain text, tagging.</summary>
    private static bool IsProhibited(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format
        || (rune.Value & 0xFFFE) == 0xFFFE
        || rune.Value is (>= 0xFDD0 and <= 0xFDEF) or (>= 0xFFF9 and <= 0xFFFD) or (>= 0x2FF0 and <= 0x2FFB) or 0x0340 or 0x0341;
}
