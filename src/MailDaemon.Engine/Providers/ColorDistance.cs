using System.Globalization;

namespace MailDaemon.Engine.Providers;

/// <summary>How alike two colours look, for servers that know only some: their distance in CIE L*a*b* (ISO/CIE 11664-4), where that of red, green and blue takes black for dark green. Pure.</summary>
internal static class ColorDistance
{
    /// <param name="candidates">At least one; a colour is <c>#rrggbb</c>.</param>
    /// <returns>The one that is most like it; the first of several.</returns>
    public static string Nearest(string color, IEnumerable<string> candidates)
    {
        var wanted = Lab(color);
        return candidates.MinBy(candidate => Between(Lab(candidate), wanted))!;
    }

    public static (int Red, int Green, int Blue) Parts(string color)
    {
        var number = int.Parse(color.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (number >> 16, (number >> 8) & 0xff, number & 0xff);
    }

    private static double Between((double L, double A, double B) one, (double L, double A, double B) other) =>
        Math.Pow(one.L - other.L, 2) + Math.Pow(one.A - other.A, 2) + Math.Pow(one.B - other.B, 2);

    /// <summary>From sRGB (IEC 61966-2-1) by way of XYZ, with the white of D65.</summary>
    private static (double L, double A, double B) Lab(string color)
    {
        var parts = Parts(color);
        var (red, green, blue) = (Linear(parts.Red), Linear(parts.Green), Linear(parts.Blue));
        var x = Curve(((0.4124 * red) + (0.3576 * green) + (0.1805 * blue)) / 0.9505);
        var y = Curve((0.2126 * red) + (0.7152 * green) + (0.0722 * blue));
        var z = Curve(((0.0193 * red) + (0.1192 * green) + (0.9505 * blue)) / 1.089);
        return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double Linear(int part) => part / 255.0 is var value && value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    private static double Curve(double value) => value > 0.008856 ? Math.Cbrt(value) : (7.787 * value) + (16.0 / 116);
}
