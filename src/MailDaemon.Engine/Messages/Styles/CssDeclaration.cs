namespace MailDaemon.Engine.Messages.Styles;

/// <summary>One property and what it is to be. Only properties that decide whether text is seen are read.</summary>
/// <param name="Value">Without comments and escapes, in lower case but for a custom property's.</param>
internal readonly record struct CssDeclaration(string Name, string Value, bool IsImportant)
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "display", "visibility", "opacity", "color", "-webkit-text-fill-color", "background", "background-color", "background-image", "background-clip", "-webkit-background-clip",
        "font", "font-size", "line-height", "letter-spacing", "text-indent", "text-shadow", "-webkit-text-stroke", "-webkit-text-stroke-color", "-webkit-text-security", "white-space", "zoom",
        "overflow", "overflow-x", "overflow-y", "position", "float", "left", "right", "top", "bottom", "inset", "margin", "margin-left", "margin-top",
        "width", "height", "max-width", "max-height", "min-width", "min-height", "padding", "padding-left", "padding-right", "padding-top", "padding-bottom",
        "clip", "clip-path", "-webkit-clip-path", "transform", "-webkit-transform", "scale", "translate", "rotate", "filter", "content", "content-visibility",
    };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> IsKnown = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool IsCustom => Name.StartsWith("--", StringComparison.Ordinal);

    /// <summary>The declarations of a style attribute or of a rule's block without nested rules, in their order.</summary>
    public static List<CssDeclaration> Read(ReadOnlySpan<char> css)
    {
        var read = new List<CssDeclaration>();
        for (var at = 0; at < css.Length;)
        {
            var end = CssText.Find(css, at, css.Length, ";");
            if (One(css[at..end]) is { } declaration)
                read.Add(declaration);
            at = end + 1;
        }

        return read;
    }

    public static CssDeclaration? One(ReadOnlySpan<char> css)
    {
        var isPlain = css.IndexOf('\\') < 0 && css.IndexOf("/*") < 0;
        var colon = isPlain ? css.IndexOf(':') : CssText.Find(css, 0, css.Length, ":");
        if (colon < 0 || colon >= css.Length)
            return null;
        var name = isPlain ? css[..colon].Trim() : CssText.Unescaped(CssText.WithoutComments(css[..colon]));
        var isCustom = name.StartsWith("--", StringComparison.Ordinal);
        if (!isCustom && !IsKnown.Contains(name))
            return null;
        var value = isPlain ? css[(colon + 1)..].Trim().ToString() : CssText.Unescaped(CssText.WithoutComments(css[(colon + 1)..]));
        var mark = value.LastIndexOf('!');
        var isImportant = mark >= 0 && value.AsSpan(mark + 1).Trim().Equals("important", StringComparison.OrdinalIgnoreCase);
        if (isImportant)
            value = value[..mark].TrimEnd();
        return isCustom ? new CssDeclaration(name.ToString(), value, isImportant) : new CssDeclaration(name.ToString().ToLowerInvariant(), value.ToLowerInvariant(), isImportant);
    }
}
