using System.Drawing;
using System.Globalization;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>A colour of sRGB in any of CSS's notations (CSS Color Level 4 and 5, as far as mail writes them).</summary>
/// <param name="R">0 to 255, as <paramref name="G"/> and <paramref name="B"/>.</param>
/// <param name="A">0, transparent, to 1.</param>
internal readonly record struct CssColor(double R, double G, double B, double A)
{
    /// <summary>Colours whose channels are all closer than this look alike, unless their brightness differs by <see cref="MinContrast"/>.</summary>
    private const double MaxDifference = 24;

    /// <summary>WCAG 2 asks for 4.5; below this nobody makes out a letter.</summary>
    private const double MinContrast = 1.2;

    private const int MaxNesting = 8;

    public static CssColor White { get; } = new(255, 255, 255, 1);

    public static CssColor Black { get; } = new(0, 0, 0, 1);

    public static CssColor Transparent { get; } = new(0, 0, 0, 0);

    /// <summary>This colour laid over an opaque one.</summary>
    public CssColor Over(CssColor below) => new((R * A) + (below.R * (1 - A)), (G * A) + (below.G * (1 - A)), (B * A) + (below.B * (1 - A)), 1);

    /// <summary>Whether letters of this colour stand out from an opaque background.</summary>
    public bool IsSeenOn(CssColor background)
    {
        var shown = Over(background);
        var difference = Math.Max(Math.Abs(shown.R - background.R), Math.Max(Math.Abs(shown.G - background.G), Math.Abs(shown.B - background.B)));
        var (dark, light) = (Math.Min(shown.Brightness, background.Brightness), Math.Max(shown.Brightness, background.Brightness));
        return difference > MaxDifference || (light + 0.05) / (dark + 0.05) >= MinContrast;
    }

    /// <param name="word">In lower case.</param>
    /// <param name="current">What <c>currentcolor</c> is.</param>
    /// <param name="isQuirky">Hex digits need no <c>#</c>, as in pages without a document type.</param>
    public static bool TryParse(string word, CssColor current, bool isQuirky, out CssColor color) => TryParse(word.Trim(), current, isQuirky, 0, out color);

    /// <summary>The colour of an HTML attribute: whatever it says is one (HTML, rules for parsing a legacy colour value).</summary>
    public static CssColor? OfAttribute(string value)
    {
        value = value.Trim().ToLowerInvariant();
        if (value.Length == 0 || value == "transparent")
            return null;
        if (Named(value) is { } named)
            return named;
        if (value.Length == 4 && value[0] == '#' && TryHex(value.AsSpan(1), out var three))
            return three;
        var digits = string.Concat(value.TrimStart('#').Take(128).Select(c => char.IsAsciiHexDigit(c) ? c : '0'));
        digits = digits.PadRight(Math.Max(3, (digits.Length + 2) / 3 * 3), '0');
        var length = digits.Length / 3;
        var parts = Enumerable.Range(0, 3).Select(i => digits.Substring(i * length, length)).Select(part => part[Math.Max(0, part.Length - 8)..]).ToArray();
        while (parts[0].Length > 2 && Array.TrueForAll(parts, part => part[0] == '0'))
            parts = [.. parts.Select(part => part[1..])];
        var channels = parts.Select(part => (double)int.Parse(part.AsSpan(0, Math.Min(2, part.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToArray();
        return new CssColor(channels[0], channels[1], channels[2], 1);
    }

    private double Brightness => (0.2126 * Linear(R / 255)) + (0.7152 * Linear(G / 255)) + (0.0722 * Linear(B / 255));

    private static bool TryParse(string word, CssColor current, bool isQuirky, int depth, out CssColor color)
    {
        color = default;
        if (word.Length == 0 || depth > MaxNesting)
            return false;
        if (word[0] == '#')
            return TryHex(word.AsSpan(1), out color);
        if (word[^1] == ')')
            return TryFunction(word, current, depth, out color);
        CssColor? named = word switch
        {
            "transparent" => Transparent,
            "currentcolor" => current,
            "canvas" or "field" or "window" or "background" => White,
            "canvastext" or "fieldtext" or "windowtext" or "text" or "buttontext" or "infotext" or "menutext" => Black,
            "linktext" => new CssColor(0, 0, 238, 1),
            "buttonface" or "threedface" => new CssColor(239, 239, 239, 1),
            "graytext" => new CssColor(128, 128, 128, 1),
            _ => Named(word),
        };
        if (named is null && isQuirky && word.Length is 3 or 6 && TryHex(word, out var hex))
            named = hex;
        color = named ?? default;
        return named is not null;
    }

    private static CssColor? Named(string word)
    {
        var found = Color.FromName(word.Replace("grey", "gray", StringComparison.Ordinal));
        return found.IsKnownColor && !found.IsSystemColor && found.A == 255 ? new CssColor(found.R, found.G, found.B, 1) : null;
    }

    private static bool TryHex(ReadOnlySpan<char> digits, out CssColor color)
    {
        color = default;
        if (digits.Length is not (3 or 4 or 6 or 8) || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        var size = digits.Length < 6 ? 4 : 8;
        var channels = digits.Length * 4 / size;
        double Channel(int i) => ((value >> ((channels - 1 - i) * size)) & (size == 4 ? 0xFu : 0xFFu)) * (size == 4 ? 17 : 1);
        color = new CssColor(Channel(0), Channel(1), Channel(2), channels == 4 ? Channel(3) / 255 : 1);
        return true;
    }

    private static bool TryFunction(string word, CssColor current, int depth, out CssColor color)
    {
        color = default;
        var open = word.IndexOf('(', StringComparison.Ordinal);
        var (name, inner) = (word[..open], word[(open + 1)..^1]);
        if (name == "color-mix")
            return TryMix(inner, current, depth, out color);
        if (name == "light-dark")
            return TryParse(CssText.Split(inner, ",")[0], current, false, depth + 1, out color);
        var words = CssText.Words(inner.Replace(',', ' ').Replace("/", " / ", StringComparison.Ordinal));
        var space = "";
        if (name == "color" && words.Count > 0)
        {
            space = words[0];
            words.RemoveAt(0);
        }

        var slash = words.IndexOf("/");
        if (slash >= 0)
            words.RemoveAt(slash);
        if (words.Count is not (3 or 4) || (slash >= 0 && (slash != 3 || words.Count != 4)))
            return false;
        var alpha = words.Count == 4 ? Math.Clamp(Number(words[3], 1), 0, 1) : 1;
        CssColor? read = name switch
        {
            "rgb" or "rgba" => new CssColor(Number(words[0], 255), Number(words[1], 255), Number(words[2], 255), alpha),
            "hsl" or "hsla" => Hsl(Angle(words[0]), Share(words[1]), Share(words[2]), alpha),
            "hwb" => Hwb(Angle(words[0]), Share(words[1]), Share(words[2]), alpha),
            "lab" => Lab(Number(words[0], 100), Number(words[1], 125), Number(words[2], 125), alpha),
            "lch" => Lab(Number(words[0], 100), Number(words[1], 150) * Math.Cos(Radians(words[2])), Number(words[1], 150) * Math.Sin(Radians(words[2])), alpha),
            "oklab" => Oklab(Number(words[0], 1), Number(words[1], 0.4), Number(words[2], 0.4), alpha),
            "oklch" => Oklab(Number(words[0], 1), Number(words[1], 0.4) * Math.Cos(Radians(words[2])), Number(words[1], 0.4) * Math.Sin(Radians(words[2])), alpha),
            "color" when space.EndsWith("-linear", StringComparison.Ordinal) => OfLinear(Number(words[0], 1), Number(words[1], 1), Number(words[2], 1), alpha),
            "color" when !space.StartsWith("xyz", StringComparison.Ordinal) => new CssColor(Number(words[0], 1) * 255, Number(words[1], 1) * 255, Number(words[2], 1) * 255, alpha),
            _ => null,
        };
        if (read is not { } found || !double.IsFinite(found.R + found.G + found.B + found.A))
            return false;
        color = new CssColor(Math.Clamp(found.R, 0, 255), Math.Clamp(found.G, 0, 255), Math.Clamp(found.B, 0, 255), found.A);
        return true;
    }

    /// <summary>Mixed in sRGB, whatever space is named: near enough to tell whether it is seen.</summary>
    private static bool TryMix(string inner, CssColor current, int depth, out CssColor color)
    {
        color = default;
        var parts = CssText.Split(inner, ",");
        if (parts.Count != 3)
            return false;
        var (colors, shares) = (new CssColor[2], new double?[2]);
        for (var i = 0; i < 2; i++)
        {
            var words = CssText.Words(parts[i + 1]);
            shares[i] = words.Find(word => word.EndsWith('%')) is { } share ? Number(share, 1) : null;
            words.RemoveAll(word => word.EndsWith('%'));
            if (words.Count != 1 || !TryParse(words[0], current, false, depth + 1, out colors[i]))
                return false;
        }

        var first = shares[0] ?? (shares[1] is { } other ? 1 - other : 0.5);
        var second = shares[1] ?? (1 - first);
        if (!(first + second > 0))
            return false;
        var share0 = first / (first + second);
        var alpha = (colors[0].A * share0) + (colors[1].A * (1 - share0));
        double Mix(double a, double b) => alpha == 0 ? 0 : ((a * colors[0].A * share0) + (b * colors[1].A * (1 - share0))) / alpha;
        color = new CssColor(Mix(colors[0].R, colors[1].R), Mix(colors[0].G, colors[1].G), Mix(colors[0].B, colors[1].B), alpha * Math.Min(1, first + second));
        return true;
    }

    /// <summary>Not a number when it is none; <c>none</c> is 0.</summary>
    /// <param name="whole">What 100% is.</param>
    private static double Number(string word, double whole)
    {
        if (word == "none")
            return 0;
        var isPercent = word.EndsWith('%');
        if (double.TryParse(isPercent ? word.AsSpan(0, word.Length - 1) : word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return isPercent ? number / 100 * whole : number;
        return CssLength.TryParse(word, out var sum, isQuirky: true) && sum.Em == 0 ? sum.Px + (sum.Percent / 100 * whole) : double.NaN;
    }

    /// <summary>Percent, with or without the sign, as a fraction.</summary>
    private static double Share(string word) => Math.Clamp(Number(word, 100) / 100, 0, 1);

    /// <summary>In degrees.</summary>
    private static double Angle(string word)
    {
        (string Unit, double Degrees)[] units = [("deg", 1), ("grad", 0.9), ("rad", 180 / Math.PI), ("turn", 360)];
        foreach (var (unit, degrees) in units)
        {
            if (word.EndsWith(unit, StringComparison.Ordinal))
                return Number(word[..^unit.Length], 1) * degrees;
        }

        return Number(word, 1);
    }

    private static double Radians(string word) => Angle(word) * Math.PI / 180;

    private static CssColor Hsl(double hue, double saturation, double lightness, double alpha)
    {
        double Channel(int n)
        {
            var k = (((n + (hue / 30)) % 12) + 12) % 12;
            return 255 * (lightness - (saturation * Math.Min(lightness, 1 - lightness) * Math.Max(-1, Math.Min(Math.Min(k - 3, 9 - k), 1))));
        }

        return new CssColor(Channel(0), Channel(8), Channel(4), alpha);
    }

    private static CssColor Hwb(double hue, double white, double black, double alpha)
    {
        if (white + black >= 1)
            return new CssColor(255 * white / (white + black), 255 * white / (white + black), 255 * white / (white + black), alpha);
        var pure = Hsl(hue, 1, 0.5, alpha);
        double Channel(double value) => (value * (1 - white - black)) + (255 * white);
        return new CssColor(Channel(pure.R), Channel(pure.G), Channel(pure.B), alpha);
    }

    private static CssColor Lab(double lightness, double a, double b, double alpha)
    {
        var y = (lightness + 16) / 116;
        static double Cube(double f) => f > 6.0 / 29 ? f * f * f : ((116 * f) - 16) / (24389.0 / 27);
        var (x50, y50, z50) = (0.96422 * Cube(y + (a / 500)), lightness > 8 ? y * y * y : lightness / (24389.0 / 27), 0.82521 * Cube(y - (b / 200)));
        var x = (0.9554734 * x50) - (0.0230985 * y50) + (0.0632593 * z50);
        var y65 = (-0.0283697 * x50) + (1.0099954 * y50) + (0.0210414 * z50);
        var z = (0.0123140 * x50) - (0.0205076 * y50) + (1.3303659 * z50);
        return OfLinear((3.2409699 * x) - (1.5373832 * y65) - (0.4986108 * z), (-0.9692436 * x) + (1.8759675 * y65) + (0.0415551 * z), (0.0556301 * x) - (0.2039770 * y65) + (1.0569715 * z), alpha);
    }

    private static CssColor Oklab(double lightness, double a, double b, double alpha)
    {
        static double Cube(double value) => value * value * value;
        var l = Cube(lightness + (0.3963377774 * a) + (0.2158037573 * b));
        var m = Cube(lightness - (0.1055613458 * a) - (0.0638541728 * b));
        var s = Cube(lightness - (0.0894841775 * a) - (1.2914855480 * b));
        return OfLinear((4.0767416621 * l) - (3.3077115913 * m) + (0.2309699292 * s), (-1.2684380046 * l) + (2.6097574011 * m) - (0.3413193965 * s), (-0.0041960863 * l) - (0.7034186147 * m) + (1.7076147010 * s), alpha);
    }

    private static CssColor OfLinear(double r, double g, double b, double alpha)
    {
        static double Channel(double value) => 255 * (value <= 0.0031308 ? 12.92 * value : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055);
        return new CssColor(Channel(r), Channel(g), Channel(b), alpha);
    }

    private static double Linear(double channel) => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4);
}
