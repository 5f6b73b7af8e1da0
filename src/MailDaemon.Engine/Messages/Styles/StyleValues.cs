namespace MailDaemon.Engine.Messages.Styles;

/// <summary>
/// The values that an element's declarations leave it with: the last valid one of each property, shorthands taken apart, variables put in.
/// </summary>
internal sealed class StyleValues(bool isQuirky)
{
    /// <summary>In characters, after variables are put in.</summary>
    private const int MaxValue = 4_096;

    private const int MaxVariables = 16;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string? this[string name] => _values.GetValueOrDefault(name);

    public IReadOnlyDictionary<string, string>? Variables { get; private set; }

    public void Read(List<CssDeclaration> declarations, IReadOnlyDictionary<string, string>? inherited)
    {
        _values.Clear();
        Variables = inherited;
        Dictionary<string, string>? own = null;
        foreach (var declaration in declarations)
        {
            if (declaration.IsCustom && (own ??= new Dictionary<string, string>(inherited ?? new Dictionary<string, string>(), StringComparer.Ordinal)).Count < 1_000)
                own[declaration.Name] = declaration.Value;
        }

        Variables = own ?? inherited;
        foreach (var declaration in declarations)
        {
            if (declaration.IsCustom)
                continue;
            if (!declaration.Value.Contains("var(", StringComparison.Ordinal))
                Set(declaration.Name, declaration.Value);
            else if (Substituted(declaration.Value, 0) is { } value)
                Set(declaration.Name, value.ToLowerInvariant());
            else
                _values.Remove(declaration.Name);
        }
    }

    public bool TryLength(string name, out CssLength length)
    {
        length = default;
        return _values.TryGetValue(name, out var value) && CssLength.TryParse(value, out length, isQuirky);
    }

    /// <summary>In pixels; null when it is not set, or depends on what surrounds it.</summary>
    public double? Pixels(string name, double em) => TryLength(name, out var length) && length.Percent == 0 ? length.Pixels(em) : null;

    public CssColor? Color(string name, CssColor current) => _values.TryGetValue(name, out var value) && CssColor.TryParse(value, current, isQuirky, out var color) ? color : null;

    private string? Substituted(string value, int depth)
    {
        if (depth > MaxVariables || value.Length > MaxValue)
            return null;
        var start = value.IndexOf("var(", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return value;
        var end = CssText.Find(value, start + 4, value.Length, ")");
        var inner = value[(start + 4)..end];
        var comma = CssText.Find(inner, 0, inner.Length, ",");
        var replaced = Variables is not null && Variables.TryGetValue(inner[..comma].Trim(), out var found) ? found : comma < inner.Length ? inner[(comma + 1)..] : null;
        return replaced is null ? null : Substituted($"{value[..start]}{replaced}{(end < value.Length ? value[(end + 1)..] : "")}", depth + 1);
    }

    private void Set(string name, string value)
    {
        if (value is "inherit" or "unset" or "revert" or "revert-layer" or "initial")
        {
            Reset(name, value == "initial");
            return;
        }

        switch (name)
        {
            case "background":
                SetBackground(value);
                break;
            case "font":
                SetFont(value);
                break;
            case "margin" or "padding" or "inset":
                SetSides(name, value);
                break;
            case "overflow":
                if (CssText.Words(value) is { Count: 1 or 2 } words && words.TrueForAll(IsOverflow))
                    (_values["overflow-x"], _values["overflow-y"]) = (words[0], words[^1]);
                break;
            case "-webkit-transform" or "-webkit-clip-path" or "-webkit-background-clip":
                Set(name[8..], value);
                break;
            default:
                if (IsValid(name, value))
                    _values[name] = value;
                break;
        }
    }

    private void Reset(string name, bool isInitial)
    {
        var initial = name switch
        {
            "color" => "canvastext",
            "visibility" => "visible",
            "font-size" or "font" => "medium",
            "text-indent" => "0",
            "letter-spacing" or "line-height" or "white-space" => "normal",
            _ => null,
        };
        if (isInitial && initial is not null)
        {
            _values[name == "font" ? "font-size" : name] = initial;
            return;
        }

        _values.Remove(name);
        if (name == "background")
        {
            _values.Remove("background-color");
            _values.Remove("background-image");
        }
    }

    private bool IsValid(string name, string value) => name switch
    {
        "display" => value.AsSpan().IndexOfAny(",()#") < 0 && value is "none" or "inline" or "block" or "contents" or "list-item" or "inline-block" or "flow-root" or "flex" or "grid" or "inline-flex" or "inline-grid"
            or "table" or "inline-table" or "table-cell" or "table-row" or "table-row-group" or "table-header-group" or "table-footer-group" or "table-column" or "table-column-group" or "table-caption"
            or "-webkit-box" or "-webkit-inline-box" or "ruby" or "ruby-text" or "math" or "block flow" or "inline flow-root" or "block flex" or "block grid",
        "visibility" => value is "visible" or "hidden" or "collapse",
        "position" => value is "static" or "relative" or "absolute" or "fixed" or "sticky" or "-webkit-sticky",
        "float" => value is "none" or "left" or "right" or "inline-start" or "inline-end",
        "overflow-x" or "overflow-y" => IsOverflow(value),
        "color" or "background-color" or "-webkit-text-fill-color" or "-webkit-text-stroke-color" => CssColor.TryParse(value, CssColor.Black, isQuirky, out _),
        "opacity" or "zoom" => CssLength.TryParse(value, out var number, isQuirky: true) && number.Em == 0,
        "font-size" => IsFontSize(value),
        "line-height" => value == "normal" || CssLength.TryParse(value, out _, isQuirky: true),
        "letter-spacing" => value == "normal" || CssLength.TryParse(value, out _, isQuirky),
        "left" or "right" or "top" or "bottom" or "margin-left" or "margin-top" => value == "auto" || CssLength.TryParse(value, out _, isQuirky),
        "width" or "height" or "min-width" or "min-height" => IsSize(value) || value == "auto",
        "max-width" or "max-height" => IsSize(value) || value == "none",
        "padding-left" or "padding-right" or "padding-top" or "padding-bottom" => IsSize(value),
        "text-indent" => CssText.Words(value) is { Count: > 0 } words && CssLength.TryParse(words[0], out _, isQuirky),
        "content-visibility" => value is "visible" or "hidden" or "auto",
        "white-space" => value is "normal" or "nowrap" or "pre" or "pre-wrap" or "pre-line" or "break-spaces",
        "clip" => value == "auto" || value.StartsWith("rect(", StringComparison.Ordinal),
        "background-image" or "transform" or "clip-path" or "filter" => value == "none" || value.Contains('(', StringComparison.Ordinal) || value is "border-box" or "padding-box" or "content-box",
        _ => value.Length > 0,
    };

    private static bool IsOverflow(string value) => value is "visible" or "hidden" or "clip" or "scroll" or "auto" or "overlay";

    /// <summary>A length that is not below zero, or a word for one.</summary>
    private bool IsSize(string value) =>
        value is "min-content" or "max-content" or "fit-content" or "-webkit-fill-available" or "stretch"
        || (CssLength.TryParse(value, out var length, isQuirky) && (length.Px >= 0 || value[^1] == ')') && length.Em >= 0 && length.Percent >= 0);

    private bool IsFontSize(string value) => FontSize(value, 16) is not null;

    /// <summary>A letter size in pixels; null when the word is none.</summary>
    public double? FontSize(string value, double parent) => value switch
    {
        "xx-small" => 9,
        "x-small" => 10,
        "small" => 13,
        "medium" or "math" => 16,
        "large" => 18,
        "x-large" => 24,
        "xx-large" => 32,
        "xxx-large" => 48,
        "smaller" => parent / 1.2,
        "larger" => parent * 1.2,
        _ => CssLength.TryParse(value, out var length, isQuirky) && length.Pixels(parent) + (length.Percent / 100 * parent) is var size && (size >= 0 || value[^1] == ')') ? Math.Max(0, size) : null,
    };

    private void SetBackground(string value)
    {
        var (color, image, clip) = ("transparent", "none", "border-box");
        foreach (var word in CssText.Words(value.Replace("/", " / ", StringComparison.Ordinal) is var spaced && value.Contains("url(", StringComparison.Ordinal) ? value : spaced))
        {
            var piece = word.Trim(',');
            if (piece == "text")
                clip = "text";
            else if (piece.Contains("url(", StringComparison.Ordinal) || piece.Contains("gradient(", StringComparison.Ordinal) || piece.StartsWith("image", StringComparison.Ordinal))
                image = image == "none" ? piece : $"{image}, {piece}";
            else if (CssColor.TryParse(piece, CssColor.Black, isQuirky, out _))
                color = piece;
            else if (!IsOfBackground(piece))
                return;
        }

        (_values["background-color"], _values["background-image"], _values["background-clip"]) = (color, image, clip);
    }

    private static bool IsOfBackground(string word) =>
        word is "" or "/" or "none" or "repeat" or "no-repeat" or "repeat-x" or "repeat-y" or "space" or "round" or "scroll" or "fixed" or "local" or "center" or "left" or "right" or "top" or "bottom"
            or "cover" or "contain" or "auto" or "border-box" or "padding-box" or "content-box"
        || CssLength.TryParse(word, out _, isQuirky: true);

    private void SetFont(string value)
    {
        if (value is "caption" or "icon" or "menu" or "message-box" or "small-caption" or "status-bar")
        {
            (_values["font-size"], _values["line-height"]) = ("13.33px", "normal");
            return;
        }

        var words = CssText.Words(value.Replace(" / ", "/", StringComparison.Ordinal));
        for (var i = 0; i + 1 < words.Count; i++)
        {
            var slash = words[i].IndexOf('/', StringComparison.Ordinal);
            var size = slash < 0 ? words[i] : words[i][..slash];

            // A number alone is the weight; 0 is a size.
            if (!IsFontSize(size) || (size != "0" && slash < 0 && double.TryParse(size, System.Globalization.CultureInfo.InvariantCulture, out _)))
                continue;
            _values["font-size"] = size;
            _values["line-height"] = slash < 0 ? "normal" : words[i][(slash + 1)..];
            return;
        }
    }

    private void SetSides(string name, string value)
    {
        var words = CssText.Words(value);
        if (words.Count is not (>= 1 and <= 4) || !words.TrueForAll(word => word == "auto" || CssLength.TryParse(word, out _, isQuirky)))
            return;
        var (top, right) = (words[0], words.Count > 1 ? words[1] : words[0]);
        var (bottom, left) = (words.Count > 2 ? words[2] : top, words.Count > 3 ? words[3] : right);
        foreach (var (side, length) in ((string, string)[])[("top", top), ("right", right), ("bottom", bottom), ("left", left)])
            _values[name == "inset" ? side : $"{name}-{side}"] = length;
    }
}
