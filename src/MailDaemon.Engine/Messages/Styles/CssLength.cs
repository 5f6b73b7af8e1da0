using System.Buffers;
using System.Globalization;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>A length: pixels, a share of the letter size, and a share of what surrounds it, added up (CSS Values Level 4).</summary>
internal readonly record struct CssLength(double Px, double Em, double Percent)
{
    private const int MaxNesting = 16;
    private static readonly SearchValues<char> Numeric = SearchValues.Create("+-.0123456789");
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Without its percentage, whose base is not known.</summary>
    /// <param name="em">The letter size in pixels.</param>
    public double Pixels(double em) => Px + (Em * em);

    /// <param name="word">In lower case.</param>
    /// <param name="isQuirky">Numbers without a unit are pixels, as in pages without a document type.</param>
    public static bool TryParse(string word, out CssLength length, bool isQuirky) => TryParse(word.AsSpan().Trim(), out length, isQuirky, 0);

    private static bool TryParse(ReadOnlySpan<char> word, out CssLength length, bool isQuirky, int depth)
    {
        length = default;
        if (word.Length == 0 || depth > MaxNesting)
            return false;
        if (word[^1] == ')')
            return TryFunction(word.ToString(), out length, depth);
        var end = NumberEnd(word);
        if (!double.TryParse(word[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return false;
        CssLength? read = word[end..] switch
        {
            "" => number == 0 || isQuirky ? new CssLength(number, 0, 0) : null,
            "px" => new CssLength(number, 0, 0),
            "%" => new CssLength(0, 0, number),
            "em" => new CssLength(0, number, 0),
            "rem" => new CssLength(number * 16, 0, 0),
            "ex" or "ch" => new CssLength(0, number / 2, 0),
            "ic" or "lh" or "cap" => new CssLength(0, number, 0),
            "pt" => new CssLength(number * 96 / 72, 0, 0),
            "pc" => new CssLength(number * 16, 0, 0),
            "in" => new CssLength(number * 96, 0, 0),
            "cm" => new CssLength(number * 96 / 2.54, 0, 0),
            "mm" => new CssLength(number * 96 / 25.4, 0, 0),
            "q" => new CssLength(number * 96 / 101.6, 0, 0),
            "vw" or "svw" or "lvw" or "dvw" or "vi" or "vmax" => new CssLength(number * CssMedia.Width / 100, 0, 0),
            "vh" or "svh" or "lvh" or "dvh" or "vb" or "vmin" => new CssLength(number * CssMedia.Height / 100, 0, 0),
            _ => null,
        };
        length = read ?? default;
        return read is not null;
    }

    private static int NumberEnd(ReadOnlySpan<char> word)
    {
        var end = word.IndexOfAnyExcept(Numeric);
        if (end < 0)
            return word.Length;

        // 1e3px, but not 1em.
        if (word[end] == 'e' && end + 1 < word.Length && (char.IsAsciiDigit(word[end + 1]) || (word[end + 1] is '+' or '-' && end + 2 < word.Length && char.IsAsciiDigit(word[end + 2]))))
        {
            var exponent = word[(end + 2)..].IndexOfAnyExcept(Digits);
            return exponent < 0 ? word.Length : end + 2 + exponent;
        }

        return end;
    }

    private static bool TryFunction(string word, out CssLength length, int depth)
    {
        length = default;
        var sum = CssText.Arguments(word, "calc") ?? CssText.Arguments(word, "-webkit-calc") ?? CssText.Arguments(word, "");
        if (sum is not null)
            return TrySum(sum, out length, depth + 1);
        foreach (var name in (string[])["min", "max", "clamp"])
        {
            if (CssText.Arguments(word, name) is not { } list)
                continue;
            var values = new List<CssLength>();
            foreach (var part in CssText.Split(list, ","))
            {
                if (!TrySum(part, out var value, depth + 1))
                    return false;
                values.Add(value);
            }

            // With percentages or letter sizes among them it is any of them; what it is about the middle of is as good as can be told.
            values = [.. values.OrderBy(value => value.Pixels(16) + (value.Percent * CssMedia.Width / 100))];
            length = name switch { "min" => values[0], "max" => values[^1], _ => values[values.Count / 2] };
            return true;
        }

        return false;
    }

    /// <summary>Sums of products; a product has one length at most.</summary>
    private static bool TrySum(string sum, out CssLength length, int depth)
    {
        length = default;
        if (depth > MaxNesting)
            return false;
        var words = CssText.Words(sum.Replace("*", " * ", StringComparison.Ordinal).Replace("/", " / ", StringComparison.Ordinal));
        var (sign, term, isOpen) = (1.0, default(CssLength), false);
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "+" or "-" when isOpen:
                    length = length.Plus(term.Times(sign));
                    (sign, isOpen) = (words[i] == "+" ? 1 : -1, false);
                    break;
                case "*" or "/" when isOpen && i + 1 < words.Count:
                    if (!TryParse(words[i + 1], out var factor, isQuirky: true, depth + 1))
                        return false;
                    if (words[i] == "/" && factor.Px == 0)
                        return false;
                    term = words[i] == "/" ? term.Times(1 / factor.Px) : factor.Em != 0 || factor.Percent != 0 ? factor.Times(term.Px) : term.Times(factor.Px);
                    i++;
                    break;
                default:
                    if (isOpen || !TryParse(words[i], out term, isQuirky: true, depth + 1))
                        return false;
                    isOpen = true;
                    break;
            }
        }

        length = length.Plus(term.Times(sign));
        return isOpen;
    }

    private CssLength Plus(CssLength other) => new(Px + other.Px, Em + other.Em, Percent + other.Percent);

    private CssLength Times(double factor) => new(Px * factor, Em * factor, Percent * factor);
}
