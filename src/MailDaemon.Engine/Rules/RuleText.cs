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

    /// <summary>Without regard to case, and nothing else: a letter whose other case is an ASCII one (K, ſ) is none, and equals none.</summary>
    public static string FoldCase(string text) => string.Create(text.Length, text, (folded, from) =>
    {
        for (var i = 0; i < folded.Length; i++)
        {
            var lower = char.ToLowerInvariant(from[i]);
            folded[i] = !char.IsAscii(from[i]) && (char.IsAscii(lower) || char.IsAscii(char.ToUpperInvariant(from[i]))) ? '\uFFFD' : lower;
        }
    });

    /// <summary>A domain in its ASCII form, so that both of its forms are the same; as it is where it has none, or letters in a form that domains do not have.</summary>
    public static string Domain(string domain)
    {
        var trimmed = FoldCase(domain.Trim().TrimStart('@').TrimEnd('.'));
        try
        {
            return trimmed.IsNormalized(NormalizationForm.FormKC) ? Idn.GetAscii(trimmed) : trimmed;
        }
        catch (ArgumentException)
        {
            return trimmed;
        }
    }
}
