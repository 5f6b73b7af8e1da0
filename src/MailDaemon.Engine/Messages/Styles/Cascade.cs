using System.Globalization;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>
/// Works out of each element of a mail whether a person sees its text: without a click, on a white page of a desktop. One that lays text under another
/// element is not found out: nothing is laid out here.
/// </summary>
internal sealed class Cascade
{
    /// <summary>Beyond the left or upper edge, in pixels.</summary>
    private const double Outside = -500;

    /// <summary>Below all that anyone scrolls to, in pixels.</summary>
    private const double FarBelow = 5_000;

    /// <summary>Letters behind a slit of this height or width are not read, in pixels.</summary>
    private const double Slit = 4;

    private readonly MailStyles _styles;
    private readonly StyleValues _values;
    private readonly List<CssDeclaration> _declarations = [];
    private readonly bool _isQuirky;

    public Cascade(IDocument document)
    {
        _isQuirky = document.Doctype is null;
        _styles = MailStyles.Of(document);
        _values = new StyleValues(_isQuirky);
    }

    public ComputedStyle Of(IElement element, ComputedStyle parent)
    {
        _declarations.Clear();
        ElementHints.Add(element, _declarations);
        _styles.Collect(element, _declarations);

        // QUIRK: in pages without a document type tables do not take over the letter size (HTML, Rendering §15.3.8).
        if (_isQuirky && element.LocalName == "table")
            _declarations.Insert(0, new CssDeclaration("font-size", "medium", false));
        if (_declarations.Count == 0)
            return parent.LaysOutItems ? parent with { LaysOutItems = false } : parent;
        _values.Read(_declarations, parent.Variables);
        return Computed(ElementHints.Display(element), parent);
    }

    private ComputedStyle Computed(string ownDisplay, ComputedStyle parent)
    {
        var display = _values["display"] ?? ownDisplay;
        var style = WithText(parent) with { Variables = _values.Variables, LaysOutItems = display.Contains("flex", StringComparison.Ordinal) || display.Contains("grid", StringComparison.Ordinal) };
        if (display == "none" || style.IsCut)
            return style with { IsCut = true };
        if (display == "contents")
            return style with { LaysOutItems = parent.LaysOutItems };
        var position = _values["position"] ?? "static";
        var isOutOfFlow = position is "absolute" or "fixed";
        var isBox = isOutOfFlow || parent.LaysOutItems || display != "inline" || (_values["float"] ?? "none") != "none";
        if (isOutOfFlow)
            style = style with { IsFlowCut = false };
        style = Painted(style);
        var em = style.FontSize;
        if (isBox)
            style = Boxed(style, isTable: display.StartsWith("table", StringComparison.Ordinal) || display == "inline-table", isPlaced: position != "static");
        var isCut = _values["content-visibility"] == "hidden"
            || (_values["content"]?.StartsWith("url(", StringComparison.Ordinal) ?? false)
            || (position is not ("static" or "sticky") && IsMovedOut(em))
            || (_values.TryLength("margin-left", out var left) && IsOutside(left, em))
            || (_values.TryLength("margin-top", out var top) && top.Pixels(em) <= Outside)
            || (isOutOfFlow && IsClipped(em))
            || (_values["clip-path"] is { } path && IsClippedAway(path, em))
            || (_values["filter"] is { } filter && IsFilteredAway(filter));
        return isCut ? style with { IsCut = true } : style;
    }

    /// <summary>What text takes over from what it stands in.</summary>
    private ComputedStyle WithText(ComputedStyle parent)
    {
        var fontSize = _values["font-size"] is { } size ? _values.FontSize(size, parent.FontSize) ?? parent.FontSize : parent.FontSize;
        if (_values["zoom"] is { } zoom && Fraction(zoom) is > 0 and var factor)
            fontSize *= factor;
        var color = _values.Color("color", parent.Color) ?? parent.Color;
        var style = parent with
        {
            FontSize = fontSize,
            Color = color,
            Fill = _values["-webkit-text-fill-color"] is null or "currentcolor" ? _values["-webkit-text-fill-color"] is null ? parent.Fill : null : _values.Color("-webkit-text-fill-color", color),
            IsVisible = _values["visibility"] is { } visibility ? visibility == "visible" : parent.IsVisible,
            IsNoWrap = _values["white-space"] is { } space ? space is "nowrap" or "pre" : parent.IsNoWrap,
            IsMasked = _values["-webkit-text-security"] is { } security ? security != "none" : parent.IsMasked,
            LetterSpacing = _values["letter-spacing"] == "normal" ? 0 : _values.Pixels("letter-spacing", fontSize) ?? parent.LetterSpacing,
            Ink = Ink(color) ?? parent.Ink,
        };
        if (_values["text-indent"] is { } indent && CssLength.TryParse(CssText.Words(indent)[0], out var length, _isQuirky))
            style = style with { Indent = new CssLength(length.Pixels(fontSize), 0, length.Percent) };
        return _values["line-height"] is { } line ? WithLines(style, line) : style;
    }

    private static ComputedStyle WithLines(ComputedStyle style, string line)
    {
        if (line == "normal")
            return style with { LineHeight = null, LineFactor = null };
        if (double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor))
            return style with { LineHeight = null, LineFactor = factor };
        return CssLength.TryParse(line, out var height, isQuirky: true)
            ? style with { LineHeight = height.Pixels(style.FontSize) + (height.Percent / 100 * style.FontSize), LineFactor = null }
            : style;
    }

    /// <summary>The colours of shadows and outlines; null when nothing is said of them.</summary>
    private List<CssColor>? Ink(CssColor current)
    {
        List<CssColor>? ink = null;
        foreach (var name in (string[])["text-shadow", "-webkit-text-stroke", "-webkit-text-stroke-color"])
        {
            if (_values[name] is not { } value)
                continue;
            ink ??= [];
            foreach (var layer in value == "none" ? [] : CssText.Split(value, ",").Take(8))
            {
                var found = CssText.Words(layer).Select(word => CssColor.TryParse(word, current, false, out var color) ? color : (CssColor?)null).FirstOrDefault(color => color is not null);
                ink.Add(found ?? current);
            }
        }

        return ink;
    }

    private ComputedStyle Painted(ComputedStyle style)
    {
        if (_values["opacity"] is { } opacity && Fraction(opacity) is { } own)
            style = style with { Opacity = style.Opacity * Math.Clamp(own, 0, 1) };
        var color = _values.Color("background-color", style.Color) ?? CssColor.Transparent;
        var image = _values["background-image"] is { } named and not "none" ? Image(named) : (IsPicture: false, Colors: []);
        if (_values["background-clip"] == "text")
            return style with { Ink = image.IsPicture ? [CssColor.White, CssColor.Black] : [.. style.Ink, .. image.Colors, color] };
        if (style.Background is { } below)
            style = style with { Background = color.Over(below) };
        else if (color.A >= 1)
            style = style with { Background = color };
        if (image.IsPicture)
            return style with { Background = null };
        foreach (var layer in image.Colors.Take(1))
            style = style with { Background = style.Background is { } under ? layer.Over(under) : layer.A >= 1 ? layer : null };
        return style;
    }

    /// <summary>Whether a background is a picture whose colours are not known; when it is a gradient of one colour, that one.</summary>
    private static (bool IsPicture, List<CssColor> Colors) Image(string image)
    {
        if (image.Contains("url(", StringComparison.Ordinal))
            return (image.Contains(':', StringComparison.Ordinal) || image.Contains("url(//", StringComparison.Ordinal), []);
        var colors = new List<CssColor>();
        foreach (var layer in CssText.Split(image, ","))
        {
            var open = layer.IndexOf('(', StringComparison.Ordinal);
            if (open < 0 || layer[^1] != ')')
                return (true, []);
            foreach (var stop in CssText.Split(layer[(open + 1)..^1], ","))
                colors.AddRange(CssText.Words(stop).Select(word => CssColor.TryParse(word, CssColor.Black, false, out var color) ? color : (CssColor?)null).OfType<CssColor>());
        }

        return (colors.Count == 0 || colors.Exists(color => color != colors[0]), colors);
    }

    private ComputedStyle Boxed(ComputedStyle style, bool isTable, bool isPlaced)
    {
        var em = style.FontSize;
        style = style with { IsIndentedOut = IsIndentedOut(style) };
        if (_values["transform"] is { } transform)
            style = Transformed(style, transform);
        if (_values["scale"] is { } scale && CssText.Words(scale).Select(Fraction).ToList() is { Count: > 0 } factors)
            style = style with { Scale = style.Scale * (factors.Take(2).Min(factor => factor is { } value ? Math.Abs(value) : 1)) };
        if (_values["translate"] is { } translate && CssText.Words(translate).Exists(word => CssLength.TryParse(word, out var by, _isQuirky) && IsOutside(by, em)))
            style = style with { IsCut = true };
        var isClipping = (_values["overflow-x"] ?? "visible") != "visible" || (_values["overflow-y"] ?? "visible") != "visible";

        // A table grows with what is in it.
        if (!isClipping || isTable)
            return style;
        var (height, width) = (Extent("height", em), Extent("width", em));
        style = style with { IsClippedToLines = height is null };
        if ((height + Padding("bottom") < Slit) || (width + Padding("right") < Slit))
        {
            var isWhole = isPlaced && (height + Padding("bottom") + Padding("top") < Slit || width + Padding("left") + Padding("right") < Slit);
            style = isWhole ? style with { IsCut = true } : style with { IsFlowCut = true };
        }

        return style;

        double Padding(string side) => _values.Pixels($"padding-{side}", em) ?? (_values[$"padding-{side}"] is null ? 0 : Slit);
    }

    /// <summary>The size that is set, in pixels; null when it is that of what is in the box, or not known.</summary>
    private double? Extent(string name, double em)
    {
        var (size, max, min) = (_values.Pixels(name, em), _values.Pixels($"max-{name}", em), _values.Pixels($"min-{name}", em));
        var extent = size is null ? max < Slit ? max : null : max is null ? size : Math.Min(size.Value, max.Value);
        return extent is { } found && min > found ? min : extent;
    }

    private static bool IsIndentedOut(ComputedStyle style) =>
        style.Indent.Px <= Outside || style.Indent.Percent <= -100 || (style.IsNoWrap && (style.Indent.Px >= CssMedia.Width || style.Indent.Percent >= 100));

    private bool IsMovedOut(double em) =>
        (_values.TryLength("left", out var left) && IsOutside(left, em))
        || (_values.TryLength("right", out var right) && (Math.Abs(right.Pixels(em)) >= CssMedia.Width || Math.Abs(right.Percent) >= 100))
        || (_values.TryLength("top", out var top) && (top.Pixels(em) is <= Outside or >= FarBelow || top.Percent <= -100))
        || (_values.TryLength("bottom", out var bottom) && (bottom.Pixels(em) is >= CssMedia.Width or <= -FarBelow || bottom.Percent >= 100));

    private static bool IsOutside(CssLength left, double em) => left.Pixels(em) is <= Outside or >= CssMedia.Width || Math.Abs(left.Percent) >= 100;

    private bool IsClipped(double em)
    {
        if (_values["clip"] is not { } clip || CssText.Arguments(clip, "rect") is not { } sides)
            return false;
        var edges = CssText.Words(sides.Replace(',', ' ')).Select(word => CssLength.TryParse(word, out var edge, isQuirky: true) ? edge.Pixels(em) : (double?)null).ToList();
        return edges.Count == 4 && (edges[2] - (edges[0] ?? 0) < Slit || edges[1] - (edges[3] ?? 0) < Slit);
    }

    private static bool IsClippedAway(string path, double em)
    {
        if (CssText.Arguments(path, "inset") is { } inset)
        {
            var words = CssText.Words(inset).TakeWhile(word => word != "round").Select(word => CssLength.TryParse(word, out var edge, isQuirky: true) ? edge : default).ToList();
            if (words.Count is not (>= 1 and <= 4))
                return false;
            var (top, right) = (words[0], words.Count > 1 ? words[1] : words[0]);
            var (bottom, left) = (words.Count > 2 ? words[2] : top, words.Count > 3 ? words[3] : right);
            return top.Percent + bottom.Percent >= 99 || left.Percent + right.Percent >= 99 || left.Pixels(em) + right.Pixels(em) >= CssMedia.Width || top.Pixels(em) + bottom.Pixels(em) >= FarBelow;
        }

        if ((CssText.Arguments(path, "circle") ?? CssText.Arguments(path, "ellipse")) is { } round)
            return CssText.Words(round).TakeWhile(word => word != "at").Any(word => CssLength.TryParse(word, out var radius, isQuirky: true) && radius.Percent < 0.5 && radius.Pixels(em) < 2);
        if (CssText.Arguments(path, "polygon") is { } polygon)
        {
            var points = CssText.Split(polygon, ",").Select(CssText.Words).Where(words => words.Count == 2).ToList();
            return points.Count > 0 && (points.TrueForAll(point => IsSame(point[0], points[0][0])) || points.TrueForAll(point => IsSame(point[1], points[0][1])));
        }

        if (CssText.Arguments(path, "xywh") is { } box)
            return CssText.Words(box).Skip(2).Take(2).Any(word => CssLength.TryParse(word, out var size, isQuirky: true) && size.Percent < 0.5 && size.Pixels(em) < 2);
        if (CssText.Arguments(path, "rect") is { } rect && CssText.Words(rect) is { Count: >= 4 } edges)
            return IsSame(edges[0], edges[2]) || IsSame(edges[1], edges[3]);
        return false;
    }

    private static bool IsSame(string left, string right) =>
        left == right || (CssLength.TryParse(left, out var a, isQuirky: true) && CssLength.TryParse(right, out var b, isQuirky: true) && Math.Abs(a.Pixels(16) - b.Pixels(16)) < 2 && Math.Abs(a.Percent - b.Percent) < 0.5);

    private static bool IsFilteredAway(string filter) => CssText.Words(filter.Replace(")", ") ", StringComparison.Ordinal)).Exists(word =>
        (CssText.Arguments(word, "opacity") is { } opacity && Fraction(opacity) is < 0.1)
        || (CssText.Arguments(word, "blur") is { } blur && CssLength.TryParse(blur, out var radius, isQuirky: true) && radius.Pixels(16) >= 10));

    private static ComputedStyle Transformed(ComputedStyle style, string transform)
    {
        var (x, y, isOut) = (1.0, 1.0, false);
        foreach (var word in CssText.Words(transform.Replace(")", ") ", StringComparison.Ordinal)).Take(32))
        {
            var open = word.IndexOf('(', StringComparison.Ordinal);
            if (open < 0 || word[^1] != ')')
                return style;
            var arguments = CssText.Split(word[(open + 1)..^1], ",");
            var numbers = arguments.Select(Fraction).ToList();
            switch (word[..open])
            {
                case "scale" or "scale3d":
                    (x, y) = (x * (numbers[0] ?? 1), y * (numbers.Count > 1 ? numbers[1] ?? 1 : numbers[0] ?? 1));
                    break;
                case "scalex":
                    x *= numbers[0] ?? 1;
                    break;
                case "scaley":
                    y *= numbers[0] ?? 1;
                    break;
                case "matrix" when numbers.Count == 6:
                    var area = Math.Sqrt(Math.Abs(((numbers[0] ?? 1) * (numbers[3] ?? 1)) - ((numbers[1] ?? 0) * (numbers[2] ?? 0))));
                    (x, y) = (x * area, y * area);
                    isOut |= numbers[4] is <= Outside or >= CssMedia.Width || numbers[5] is <= Outside or >= FarBelow;
                    break;
                case "rotatex":
                    y *= Cosine(arguments[0]);
                    break;
                case "rotatey":
                    x *= Cosine(arguments[0]);
                    break;
                case "translate" or "translatex" or "translatey" or "translate3d":
                    isOut |= arguments.Take(2).Any(by => CssLength.TryParse(by, out var length, isQuirky: true) && IsOutside(length, style.FontSize));
                    break;
            }
        }

        return style with { Scale = style.Scale * Math.Min(Math.Abs(x), Math.Abs(y)), IsCut = style.IsCut || isOut };
    }

    private static double Cosine(string angle)
    {
        (string Unit, double Radians)[] units = [("deg", Math.PI / 180), ("grad", Math.PI / 200), ("turn", Math.PI * 2), ("rad", 1)];
        foreach (var (unit, radians) in units)
        {
            if (angle.EndsWith(unit, StringComparison.Ordinal) && Fraction(angle[..^unit.Length]) is { } number)
                return Math.Cos(number * radians);
        }

        return 1;
    }

    /// <summary>A number or percentage.</summary>
    private static double? Fraction(string word) => CssLength.TryParse(word, out var number, isQuirky: true) && number.Em == 0 ? number.Px + (number.Percent / 100) : null;
}
