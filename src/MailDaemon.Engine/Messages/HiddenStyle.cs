using System.Buffers;
using System.Globalization;

namespace MailDaemon.Engine.Messages;

/// <summary>Whether a style attribute keeps its element from being seen: as newsletters hide their previews, and as mail that means to deceive hides text. Pure.</summary>
internal static class HiddenStyle
{
    /// <summary>Nobody reads letters of this size, in pixels or points.</summary>
    private const double Unreadable = 1;

    /// <summary>Beyond the left or upper edge, in pixels.</summary>
    private const double Outside = -500;

    private const double Transparent = 0.1;

    private static readonly SearchValues<char> Numeric = SearchValues.Create("+-.0123456789");

    public static bool IsHidden(ReadOnlySpan<char> style)
    {
        ReadOnlySpan<char> color = default, background = default;
        bool isFlat = false, isClipped = false, isPlaced = false, isOutside = false;
        foreach (var range in style.Split(';'))
        {
            var declaration = style[range];
            var colon = declaration.IndexOf(':');
            if (colon < 0)
                continue;
            var name = declaration[..colon].Trim();
            var value = Value(declaration[(colon + 1)..]);
            if (Hides(name, value))
                return true;
            if (Is(name, "color"))
                color = value;
            else if (Is(name, "background") || Is(name, "background-color"))
                background = value;
            else if (Is(name, "overflow"))
                isClipped = Is(value, "hidden");
            else if (Is(name, "position"))
                isPlaced = Is(value, "absolute") || Is(value, "fixed");
            else if (Is(name, "left") || Is(name, "top"))
                isOutside |= Number(value) <= Outside;
            else if (Is(name, "max-height") || Is(name, "height") || Is(name, "max-width") || Is(name, "width"))
                isFlat |= Number(value) <= 0;
        }

        return (isFlat && isClipped) || (isPlaced && isOutside) || (!color.IsEmpty && color.Equals(background, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Hides(ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        (Is(name, "display") && Is(value, "none"))
        || (Is(name, "visibility") && (Is(value, "hidden") || Is(value, "collapse")))
        || (Is(name, "mso-hide") && Is(value, "all"))
        || (Is(name, "opacity") && Number(value) < Transparent)
        || (Is(name, "font-size") && IsUnreadable(value))
        || (Is(name, "text-indent") && Number(value) <= Outside)
        || (Is(name, "color") && Is(value, "transparent"));

    /// <summary>In em and percent only nothing is too small: what they are of is not known here.</summary>
    private static bool IsUnreadable(ReadOnlySpan<char> size)
    {
        var isAbsolute = size.EndsWith("px", StringComparison.OrdinalIgnoreCase) || size.EndsWith("pt", StringComparison.OrdinalIgnoreCase);
        return Number(size) <= (isAbsolute ? Unreadable : 0);
    }

    /// <summary>The number that a value begins with; not one that compares when there is none.</summary>
    private static double Number(ReadOnlySpan<char> value)
    {
        var end = value.IndexOfAnyExcept(Numeric);
        return double.TryParse(end < 0 ? value : value[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
    }

    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> value)
    {
        var important = value.IndexOf('!');
        return (important < 0 ? value : value[..important]).Trim();
    }

    private static bool Is(ReadOnlySpan<char> left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
