using System.Globalization;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>What a browser gives elements by itself, and what HTML's own attributes say of looks (HTML, Rendering): the weakest declarations.</summary>
internal static class ElementHints
{
    private static readonly string[] FontSizes = ["x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"];

    public static void Add(IElement element, List<CssDeclaration> declarations)
    {
        switch (element.LocalName)
        {
            case "mark":
                Add(declarations, "background-color", "yellow");
                Add(declarations, "color", "black");
                break;
            case "button" or "select" or "textarea":
                Add(declarations, "background-color", element.LocalName == "button" ? "buttonface" : "field");
                Add(declarations, "color", "black");
                Add(declarations, "font-size", "13.333px");
                Add(declarations, "letter-spacing", "normal");
                Add(declarations, "line-height", "normal");
                Add(declarations, "text-indent", "0");
                break;
            case "pre":
                Add(declarations, "white-space", "pre");
                break;
            case "rp" or "datalist":
                Add(declarations, "display", "none");
                break;
            case "dialog" when !element.HasAttribute("open"):
                Add(declarations, "display", "none");
                break;
            case "a" when element.HasAttribute("href"):
                Add(declarations, "color", "linktext");
                break;
        }

        if (element.Attributes.Length == 0)
            return;
        if (element.HasAttribute("hidden") || element.HasAttribute("popover"))
            Add(declarations, "display", "none");
        switch (element.LocalName)
        {
            case "font":
                AddColor(element, "color", "color", declarations);
                if (FontSize(element.GetAttribute("size")) is { } size)
                    Add(declarations, "font-size", size);
                break;
            case "body":
                AddColor(element, "text", "color", declarations);
                AddBackground(element, declarations);
                break;
            case "table" or "tr" or "td" or "th" or "tbody" or "thead" or "tfoot":
                AddBackground(element, declarations);
                break;
            case "marquee":
                AddColor(element, "bgcolor", "background-color", declarations);
                break;
        }
    }

    /// <summary>How it is laid out unless a style says otherwise.</summary>
    public static string Display(IElement element) => element.LocalName switch
    {
        "table" => "table",
        "td" or "th" => "table-cell",
        "tr" => "table-row",
        "tbody" or "thead" or "tfoot" => "table-row-group",
        "caption" => "table-caption",
        "button" or "select" or "textarea" or "input" or "img" or "meter" or "progress" or "marquee" => "inline-block",
        "a" or "abbr" or "acronym" or "b" or "bdi" or "bdo" or "big" or "cite" or "code" or "data" or "del" or "dfn" or "em" or "font" or "i" or "ins" or "kbd" or "label" or "mark" or "nobr" or "q"
            or "rt" or "ruby" or "s" or "samp" or "small" or "span" or "strike" or "strong" or "sub" or "sup" or "time" or "tt" or "u" or "var" or "wbr" or "br" => "inline",
        _ => IsBlock(element.LocalName) ? "block" : "inline",
    };

    private static bool IsBlock(string name) => name is
        "address" or "article" or "aside" or "blockquote" or "body" or "center" or "dd" or "details" or "dialog" or "dir" or "div" or "dl" or "dt" or "fieldset" or "figcaption" or "figure" or "footer"
        or "form" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "header" or "hgroup" or "hr" or "html" or "legend" or "li" or "listing" or "main" or "menu" or "nav" or "ol" or "optgroup" or "option"
        or "p" or "plaintext" or "pre" or "search" or "section" or "summary" or "ul" or "xmp";

    private static void AddBackground(IElement element, List<CssDeclaration> declarations)
    {
        AddColor(element, "bgcolor", "background-color", declarations);
        if (element.GetAttribute("background") is { Length: > 0 } image)
            Add(declarations, "background-image", $"url({image.Replace(')', ' ')})".ToLowerInvariant());
    }

    private static void AddColor(IElement element, string attribute, string property, List<CssDeclaration> declarations)
    {
        if (element.GetAttribute(attribute) is { } value && CssColor.OfAttribute(value) is { } color)
            Add(declarations, property, string.Create(CultureInfo.InvariantCulture, $"rgb({color.R} {color.G} {color.B})"));
    }

    private static string? FontSize(string? size)
    {
        if (size?.Trim() is not { Length: > 0 } word || !int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return null;
        return FontSizes[Math.Clamp(word[0] is '+' or '-' ? number + 3 : number, 1, 7) - 1];
    }

    private static void Add(List<CssDeclaration> declarations, string name, string value) => declarations.Add(new CssDeclaration(name, value, IsImportant: false));
}
