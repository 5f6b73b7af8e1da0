using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>A text as the search index folds it, character by character, that knows where each came from.</summary>
internal sealed class FoldedText
{
    private readonly StringBuilder _folded;

    /// <summary>Where the character that a folded one was made from begins, and where it ends.</summary>
    private readonly List<(int Start, int End)> _places;

    public FoldedText(string original)
    {
        _folded = new StringBuilder(original.Length);
        _places = new List<(int, int)>(original.Length);
        var last = new Rune(' ');
        for (var at = 0; at < original.Length;)
        {
            if (char.IsWhiteSpace(original[at]) && UnspacedText.AfterBreak(original, at, last) is { } next)
            {
                at = next;
                continue;
            }

            if (char.IsAscii(original[at]))
            {
                last = new Rune(original[at]);
                Append(at, char.ToLowerInvariant(original[at]));
                at++;
                continue;
            }

            last = Rune.TryGetRuneAt(original, at, out var rune) ? rune : Rune.ReplacementChar;
            var length = ClusterLength(original, at);
            AppendFolded(at, original.AsSpan(at, length));
            at += length;
        }

        Text = _folded.ToString();
    }

    public string Text { get; }

    /// <summary>The range of the original that a range of the folded text was made from.</summary>
    public TextRange Original(TextRange range)
    {
        var start = _places[range.Start].Start;
        return new TextRange(start, _places[range.Start + range.Length - 1].End - start);
    }

    private void AppendFolded(int at, ReadOnlySpan<char> cluster)
    {
        foreach (var rune in Compatible(cluster).EnumerateRunes())
        {
            if (LetterFold.IsLeftOut(rune.Value) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
                continue;
            foreach (var each in LetterFold.Of(rune) ?? LetterFold.Simple(rune).ToString())
                Append(at, each, cluster.Length);
        }
    }

    private void Append(int at, char folded, int length = 1)
    {
        _folded.Append(folded);
        _places.Add((at, at + length));
    }

    /// <summary>A character with the marks behind it, which compatibility may make one: <c>e\u0301</c>, half-width <c>ﾃﾞ</c>.</summary>
    private static int ClusterLength(string text, int at)
    {
        var length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
        while (at + length < text.Length && (text[at + length] is '\uFF9E' or '\uFF9F' || char.GetUnicodeCategory(text[at + length]) == UnicodeCategory.NonSpacingMark))
            length++;
        return length;
    }

    private static string Compatible(ReadOnlySpan<char> cluster)
    {
        var text = cluster.ToString();
        if (cluster is [>= '\u3041' and <= '\u9FFF'] or [>= '\u00C0' and <= '\u024F'] or [>= '\u0400' and <= '\u04FF'])
            return text;
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return "\uFFFD"; // half of a pair
        }
    }
}
