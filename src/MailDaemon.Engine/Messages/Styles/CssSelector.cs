using AngleSharp.Css;
using AngleSharp.Css.Dom;
using AngleSharp.Css.Parser;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>
/// One selector. Its parts are matched by the parser's library, what is between them here, within a budget of steps: the time that a chain of
/// <c>* * * *</c> takes would otherwise be its sender's choice.
/// </summary>
internal sealed class CssSelector
{
    /// <summary>A part that looks at more than its element costs as much as it looks at.</summary>
    private const int CostlyPart = 200;

    private const int MaxParts = 12;
    private const int MaxLength = 500;

    /// <summary>From right to left: a part, and what stands between it and the one on its left.</summary>
    private readonly List<(ISelector Part, char Before, int Cost)> _parts;

    private CssSelector(List<(ISelector, char, int)> parts, string key)
    {
        _parts = parts;
        Key = key;
        Specificity = parts.Aggregate(Priority.Zero, (sum, part) => sum + part.Item1.Specificity);
    }

    public Priority Specificity { get; }

    /// <summary>What an element that it names must have: <c>#id</c>, <c>.class</c>, <c>tag</c> in lower case; empty for any.</summary>
    public string Key { get; }

    /// <summary>Null when it cannot be read, or names no element: a state, a pseudo-element.</summary>
    public static CssSelector? Read(string text, CssSelectorParser parser)
    {
        if (text.Length is 0 or > MaxLength)
            return null;
        var parts = new List<(ISelector, char, int)>();
        var key = "";
        var combinator = ' ';
        for (var at = 0; at < text.Length;)
        {
            var end = CssText.Find(text, at, text.Length, " \t\r\n\f>+~");
            var part = text[at..end];
            if (part.Length > 0)
            {
                if (parts.Count == MaxParts || IsNested(part) || Parse(parser, part) is not { } parsed)
                    return null;
                parts.Insert(0, (parsed, combinator, part.Contains(":n", StringComparison.OrdinalIgnoreCase) || part.Contains("-of", StringComparison.OrdinalIgnoreCase) || part.Contains("-child", StringComparison.OrdinalIgnoreCase) || part.Contains('(', StringComparison.Ordinal) ? CostlyPart : 1));
                key = KeyOf(part);
                combinator = ' ';
            }

            if (end < text.Length && text[end] is '>' or '+' or '~')
                combinator = text[end];
            at = end + 1;
        }

        return parts.Count == 0 || combinator != ' ' ? null : new CssSelector(parts, key);
    }

    /// <param name="steps">Counts down; at 0 nothing matches.</param>
    public bool Matches(IElement element, ref int steps) => Matches(element, 0, ref steps);

    private bool Matches(IElement element, int at, ref int steps)
    {
        var (part, combinator, cost) = _parts[at];
        if ((steps -= cost == 1 ? 1 : cost + (element.Parent?.ChildNodes.Length ?? 0)) <= 0 || !part.Match(element, null))
            return false;
        if (at + 1 == _parts.Count)
            return true;
        switch (combinator)
        {
            case '>':
                return element.ParentElement is { } parent && Matches(parent, at + 1, ref steps);
            case '+' when (steps -= element.Parent?.ChildNodes.Length ?? 0) > 0:
                return element.PreviousElementSibling is { } next && Matches(next, at + 1, ref steps);
            case '~':
                // A node that is asked for its sibling looks for itself among all of them.
                for (var sibling = element; (steps -= element.Parent?.ChildNodes.Length ?? 0) > 0 && sibling.PreviousElementSibling is { } before;)
                {
                    sibling = before;
                    if (Matches(sibling, at + 1, ref steps))
                        return true;
                }

                return false;
            case '+':
                return false;
            default:
                for (var ancestor = element.ParentElement; ancestor is not null && steps > 0; ancestor = ancestor.ParentElement)
                {
                    if (Matches(ancestor, at + 1, ref steps))
                        return true;
                }

                return false;
        }
    }

    private static ISelector? Parse(CssSelectorParser parser, string part)
    {
        try
        {
            return parser.ParseSelector(part.Replace(":is(", ":matches(", StringComparison.OrdinalIgnoreCase).Replace(":where(", ":matches(", StringComparison.OrdinalIgnoreCase));
        }
        catch (DomException)
        {
            return null;
        }
    }

    /// <summary>Whether a selector of several parts stands in brackets within this one: what it would cost is not known.</summary>
    private static bool IsNested(string part)
    {
        var open = part.IndexOf('(', StringComparison.Ordinal);
        return open >= 0 && !part.Contains(":nth", StringComparison.OrdinalIgnoreCase)
            && (part.Contains(":has", StringComparison.OrdinalIgnoreCase) || CssText.Words(part[(open + 1)..].Replace(",", "", StringComparison.Ordinal)).Count > 3);
    }

    private static string KeyOf(string part)
    {
        if (part.Contains('\\', StringComparison.Ordinal))
            return "";
        var end = CssText.Find(part, 0, part.Length, ":[(") is var found && part.IndexOfAny([':', '[', '(']) is var special && special >= 0 ? Math.Min(found, special) : part.Length;
        var simple = part.AsSpan(0, end);
        foreach (var mark in "#.")
        {
            var start = simple.IndexOf(mark);
            if (start < 0)
                continue;
            var name = simple[(start + 1)..];
            var stop = name.IndexOfAny('.', '#');
            return $"{mark}{(stop < 0 ? name : name[..stop])}";
        }

        return simple is "*" ? "" : simple.ToString().ToLowerInvariant();
    }
}
