using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Okki;

/// <summary>Text as names of companies are compared: compatible forms, case, accents and legal forms do not count. Pure.</summary>
internal static class LexicalText
{
    /// <summary>What says how a company is set up, and not which.</summary>
    private static readonly FrozenSet<string> LegalForms = new[]
    {
        "gmbh", "ag", "kg", "ohg", "ug", "mbh", "ek", "co", "company", "ltd", "limited", "inc", "incorporated", "llc", "llp", "lp", "plc", "corp", "corporation", "sa", "sas", "sarl", "srl", "spa", "snc",
        "bv", "nv", "ab", "as", "aps", "oy", "oyj", "sp", "zoo", "kft", "doo", "pty", "pte", "sdn", "bhd", "pvt", "the", "and", "und", "et", "der", "die", "das", "of", "for", "www", "com",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] HanForms = ["有限责任公司", "股份有限公司", "有限公司", "株式会社", "集团公司", "分公司", "公司", "集团"];

    /// <summary>The words of a name, each folded, without legal forms; a run of Han characters is one.</summary>
    public static List<string> Words(string text) => Words(text, run => [NameOf(run)]);

    /// <summary>The words of a text in which names may stand anywhere.</summary>
    /// <param name="split">Parts a run of Han characters, which are written without spaces, into its words.</param>
    public static List<string> Words(string text, Func<string, IEnumerable<string>> split)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isHan = false;
        foreach (var rune in Fold(text).EnumerateRunes())
        {
            var han = IsHan(rune);
            if (!han && !Rune.IsLetterOrDigit(rune))
            {
                End();
                continue;
            }

            if (word.Length > 0 && han != isHan)
                End();
            isHan = han;
            word.Append(rune.ToString());
        }

        End();
        return words;

        void End()
        {
            var made = word.ToString();
            word.Clear();
            if (isHan)
                words.AddRange(split(made).Where(part => part.Length > 0));
            else if (made.Length > 0 && !LegalForms.Contains(made))
                words.Add(made);
        }
    }

    /// <summary>A run of Han characters taken for the name of a company: without its place and legal form.</summary>
    public static string NameOf(string run) => WithoutPlace(HanForms.Aggregate(run, (name, form) => name.Replace(form, "", StringComparison.Ordinal)));

    /// <summary>A run of Han characters between the legal forms in it, and whether one follows.</summary>
    public static IEnumerable<(string Text, bool IsNamed)> Segments(string run)
    {
        var from = 0;
        for (var at = 0; at < run.Length; at++)
        {
            if (Array.Find(HanForms, form => string.CompareOrdinal(run, at, form, 0, form.Length) == 0) is not { } found)
                continue;
            yield return (run[from..at], true);
            from = at + found.Length;
            at = from - 1;
        }

        yield return (run[from..], false);
    }

    /// <summary>Whether a word is of Han characters, kana or hangul.</summary>
    public static bool IsHan(string word) => IsHan(Rune.GetRuneAt(word, 0));

    /// <summary>The terms of words: each word, its trigrams, and the pairs of Han characters.</summary>
    public static IEnumerable<string> Terms(IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            yield return "w:" + word;
            if (IsHan(word))
            {
                for (var i = 0; i + 2 <= word.Length; i++)
                    yield return word.Substring(i, 2);
            }
            else
            {
                var padded = $"_{word}_";
                for (var i = 0; i + 3 <= padded.Length; i++)
                    yield return padded.Substring(i, 3);
            }
        }
    }

    /// <summary>Names of companies begin with their province and city, and are used without.</summary>
    private static string WithoutPlace(string name)
    {
        foreach (var end in "省市")
        {
            if (name.IndexOf(end, StringComparison.Ordinal) is >= 2 and <= 4 and var at && name.Length - at > 2)
                name = name[(at + 1)..];
        }

        return name;
    }

    /// <summary>ü is written ue as often as u.</summary>
    private static string Fold(string text)
    {
        string sound;
        try
        {
            sound = text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            sound = string.Concat(text.EnumerateRunes()).Normalize(NormalizationForm.FormKC);
        }

        var folded = sound.ToLowerInvariant()
            .Replace("ß", "ss", StringComparison.Ordinal).Replace("ä", "a", StringComparison.Ordinal).Replace("ö", "o", StringComparison.Ordinal).Replace("ü", "u", StringComparison.Ordinal)
            .Replace("ae", "a", StringComparison.Ordinal).Replace("oe", "o", StringComparison.Ordinal).Replace("ue", "u", StringComparison.Ordinal)
            .Replace("ł", "l", StringComparison.Ordinal).Replace("ø", "o", StringComparison.Ordinal)
            .Replace(".", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Replace("’", "", StringComparison.Ordinal).Normalize(NormalizationForm.FormD);
        var plain = new StringBuilder(folded.Length);
        foreach (var rune in folded.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format))
                plain.Append(rune.ToString());
        }

        return plain.ToString();
    }

    private static bool IsHan(Rune rune) => rune.Value is >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xAC00 and <= 0xD7A3 or >= 0x20000 and <= 0x3FFFF;
}
