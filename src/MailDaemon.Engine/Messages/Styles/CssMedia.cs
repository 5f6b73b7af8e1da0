using System.Buffers;
using System.Globalization;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>Whether a media query holds where mail is read: on the light, coloured screen of a desktop, in a window of a usual size (Media Queries Level 4).</summary>
internal static class CssMedia
{
    /// <summary>In pixels.</summary>
    public const double Width = 1280;

    /// <summary>In pixels.</summary>
    public const double Height = 720;

    private const int MaxNesting = 8;
    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.");

    public static bool Applies(string query) => string.IsNullOrWhiteSpace(query) || CssText.Split(CssText.WithoutComments(query).ToLowerInvariant(), ",").Exists(One);

    private static bool One(string query)
    {
        var words = CssText.Words(query.Replace("and(", "and (", StringComparison.Ordinal).Replace("not(", "not (", StringComparison.Ordinal));
        if (words is ["only", ..])
            words.RemoveAt(0);
        if (words is ["not", var type, ..] && !type.StartsWith('('))
            return !All(words[1..], 0);
        return All(words, 0);
    }

    private static bool All(List<string> words, int depth)
    {
        var isNot = words is ["not", ..];
        var isEither = words.Contains("or");
        var parts = words.Where(word => word is not ("and" or "or" or "not")).Select(word => Part(word, depth)).ToList();
        var holds = parts.Count > 0 && (isEither ? parts.Contains(true) : !parts.Contains(false));
        return isNot ? !holds : holds;
    }

    private static bool Part(string word, int depth)
    {
        if (word is "all" or "screen")
            return true;
        if (depth > MaxNesting || word is not ['(', .., ')'])
            return false;
        var inner = word[1..^1].Trim();
        return inner.StartsWith('(') || inner.StartsWith("not", StringComparison.Ordinal) ? All(CssText.Words(inner), depth + 1) : Feature(inner);
    }

    private static bool Feature(string feature)
    {
        if (feature.AsSpan().ContainsAny('<', '>') || (feature.Contains('=', StringComparison.Ordinal) && !feature.Contains(':', StringComparison.Ordinal)))
            return Range(feature);
        var colon = feature.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? feature : feature[..colon].Trim();
        var value = colon < 0 ? "" : feature[(colon + 1)..].Trim();
        var bound = name.StartsWith("min-", StringComparison.Ordinal) ? 1 : name.StartsWith("max-", StringComparison.Ordinal) ? -1 : 0;
        if (Size(bound == 0 ? name : name[4..]) is { } actual)
        {
            if (colon < 0)
                return true;
            return CssLength.TryParse(value, out var length, isQuirky: false) && length.Pixels(16) is var asked && bound switch { 1 => actual >= asked, -1 => actual <= asked, _ => Math.Abs(actual - asked) < 0.5 };
        }

        return (name, value) switch
        {
            ("orientation", "landscape") or ("prefers-color-scheme", "light") or ("prefers-reduced-motion", "no-preference") => true,
            ("color" or "hover" or "any-hover" or "pointer" or "any-pointer" or "grid" or "update", "") => name != "grid",
            ("hover" or "any-hover", "hover") or ("pointer" or "any-pointer", "fine") or ("min-color", _) or ("color-gamut", "srgb") => true,
            ("min-resolution" or "-webkit-min-device-pixel-ratio" or "min--moz-device-pixel-ratio", _) => Number(value) is <= 1,
            ("max-resolution" or "-webkit-max-device-pixel-ratio", _) => Number(value) is >= 1,
            ("-webkit-device-pixel-ratio" or "resolution", _) => Number(value) is 1,
            _ => false,
        };
    }

    /// <summary><c>width &lt; 600px</c>, <c>400px &lt;= width &lt;= 700px</c>.</summary>
    private static bool Range(string feature)
    {
        var parts = feature.Replace("<=", " ≤ ", StringComparison.Ordinal).Replace(">=", " ≥ ", StringComparison.Ordinal).Replace("<", " < ", StringComparison.Ordinal)
            .Replace(">", " > ", StringComparison.Ordinal).Replace("=", " = ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (3 or 5))
            return false;
        for (var i = 0; i + 2 < parts.Length; i += 2)
        {
            if (Value(parts[i]) is not { } left || Value(parts[i + 2]) is not { } right)
                return false;
            if (!(parts[i + 1] switch { "<" => left < right, ">" => left > right, "≤" => left <= right, "≥" => left >= right, _ => Math.Abs(left - right) < 0.5 }))
                return false;
        }

        return true;
    }

    private static double? Value(string word) => Size(word) ?? (CssLength.TryParse(word, out var length, isQuirky: false) ? length.Pixels(16) : null);

    private static double? Size(string name) => name switch
    {
        "width" or "device-width" => Width,
        "height" or "device-height" => Height,
        _ => null,
    };

    private static double? Number(string value)
    {
        var end = value.AsSpan().IndexOfAnyExcept(Numeric);
        return double.TryParse(end < 0 ? value : value.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? value.EndsWith("dpi", StringComparison.Ordinal) ? number / 96 : number : null;
    }
}
