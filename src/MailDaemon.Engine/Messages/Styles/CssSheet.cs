using System.Buffers;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>A rule of a sheet.</summary>
/// <param name="Selectors">As written, without comments.</param>
/// <param name="IsLayered">Rules of <c>@layer</c> give way to those outside of one.</param>
internal sealed record CssRule(string Selectors, IReadOnlyList<CssDeclaration> Declarations, bool IsLayered);

/// <summary>
/// Reads the rules of a sheet that apply on a screen. Only rules that say something of what is seen are kept. What cannot be read is passed over as CSS
/// tells to (CSS Syntax Level 3 §5.4).
/// </summary>
internal static class CssSheet
{
    private const int MaxNesting = 16;
    private const int MaxRules = 10_000;
    private static readonly SearchValues<char> EndsName = SearchValues.Create(" \t\r\n\f(");

    public static List<CssRule> Read(string css)
    {
        var rules = new List<CssRule>();
        Block(css, 0, css.Length, null, false, 0, rules);
        return rules;
    }

    /// <param name="parent">The selectors of the rule that this block belongs to; null outside of rules.</param>
    private static void Block(string css, int from, int to, string? parent, bool isLayered, int depth, List<CssRule> rules)
    {
        var own = new List<CssDeclaration>();
        for (var at = from; (at = Start(css, at, to)) < to && rules.Count < MaxRules;)
        {
            var isAt = css[at] == '@';
            var end = CssText.Find(css, at, to, isAt || parent is not null ? "{;" : "{");
            if (end == to || css[end] == ';')
            {
                if (parent is not null && CssDeclaration.One(css.AsSpan(at, end - at)) is { } declaration)
                    own.Add(declaration);
                at = end + 1;
                continue;
            }

            var close = CssText.Close(css, end + 1, to);
            var prelude = CssText.WithoutComments(css.AsSpan(at, end - at));
            if (depth >= MaxNesting)
            {
                // Nobody nests so deep but to hide something.
            }
            else if (!isAt)
            {
                Block(css, end + 1, close, Nested(parent, prelude), isLayered, depth + 1, rules);
            }
            else if (Applies(prelude))
            {
                Block(css, end + 1, close, parent, isLayered || prelude.StartsWith("@layer", StringComparison.OrdinalIgnoreCase), depth + 1, rules);
            }

            at = close + 1;
        }

        if (parent is not null && own.Count > 0)
            rules.Add(new CssRule(parent, own, isLayered));
    }

    /// <summary>The next place where something is said.</summary>
    private static int Start(string css, int at, int to)
    {
        for (; at < to; at++)
        {
            var rest = css.AsSpan(at, to - at);
            if (rest.StartsWith("/*", StringComparison.Ordinal))
                at = rest.IndexOf("*/") is var end && end < 0 ? to : at + end + 1;
            else if (rest.StartsWith("<!--", StringComparison.Ordinal))
                at += 3;
            else if (rest.StartsWith("-->", StringComparison.Ordinal))
                at += 2;
            else if (!char.IsWhiteSpace(css[at]) && css[at] is not (';' or '}'))
                return at;
        }

        return to;
    }

    private static bool Applies(string prelude)
    {
        var name = prelude.AsSpan(1);
        var end = name.IndexOfAny(EndsName);
        var condition = end < 0 ? "" : name[end..].ToString();
        name = end < 0 ? name : name[..end];
        if (name.Equals("media", StringComparison.OrdinalIgnoreCase))
            return CssMedia.Applies(condition);
        if (name.Equals("supports", StringComparison.OrdinalIgnoreCase))
            return !condition.AsSpan().TrimStart().StartsWith("not", StringComparison.OrdinalIgnoreCase);
        return name.Equals("layer", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A rule in a rule (CSS Nesting): <c>&amp;</c> is the outer one, in front when it is not named.</summary>
    private static string Nested(string? parent, string prelude)
    {
        if (parent is null)
            return prelude;
        var outer = CssText.Split(parent, ",");
        return string.Join(',', CssText.Split(prelude, ",").SelectMany(inner => outer.Select(one => inner.Contains('&', StringComparison.Ordinal) ? inner.Replace("&", one, StringComparison.Ordinal) : $"{one} {inner}")).Take(64));
    }
}
