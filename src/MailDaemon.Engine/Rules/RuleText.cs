using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Rules;

/// <summary>Text as rules compare it: compatible forms as one (NFKC), and for all but regular expressions without regard to case.</summary>
internal static class RuleText
{
    private static readonly IdnMapping Idn = new();

    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair: what can be read of it is compared.
            return string.Concat(text.EnumerateRunes()).Normalize(NormalizationForm.FormKC);
        }
    }

    public static string Fold(string text) => Normalize(text).ToLowerInvariant();

    /// <summary>A domain in its ASCII form, so that both of its forms are the same; folded where it has none.</summary>
    public static string Domain(string domain)
    {
        var trimmed = domain.Trim().TrimStart('@').TrimEnd('.');
        try
        {
            return Idn.GetAscii(trimmed).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return Fold(trimmed);
        }
    }
}
