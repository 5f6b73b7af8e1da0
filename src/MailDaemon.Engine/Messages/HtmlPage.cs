using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>A page taken apart so that it can stand within another one and looks as it did.</summary>
/// <param name="Head">What its head says of its looks.</param>
/// <param name="Body">Its body as a block.</param>
internal sealed partial record HtmlPage(string Head, string Body)
{
    private static readonly string[] BodyAttributes = ["class", "dir", "lang"];

    /// <summary>Of a page or a piece of one.</summary>
    public static HtmlPage Of(string html)
    {
        var document = MailHtml.ParseWhole(html);
        var head = string.Concat((document.Head?.Children ?? Enumerable.Empty<IElement>()).Where(IsLooks).Select(element => element.OuterHtml));
        return new HtmlPage(head, document.Body is { } body ? $"<div{Attributes(body)}>{body.InnerHtml}</div>" : "");
    }

    /// <summary>Of plain text, line by line.</summary>
    public static string OfText(string text) => WebUtility.HtmlEncode(text.ReplaceLineEndings("\n")).Replace("\n", "<br>\r\n", StringComparison.Ordinal);

    /// <summary>What a caller writes as HTML: where no markup parts its lines, the line breaks do.</summary>
    public static string KeepLines(string html) => html.Contains('\n', StringComparison.Ordinal) && !LineMarkup().IsMatch(html)
        ? html.ReplaceLineEndings("\n").Replace("\n", "<br>\r\n", StringComparison.Ordinal)
        : html;

    /// <summary>Puts more at the end of what a caller writes, be it a page or a piece of one.</summary>
    public static string Append(string html, string more)
    {
        var end = html.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html + more : html.Insert(end, more);
    }

    /// <summary>Puts the looks of a page that stands within it into the head of what a caller writes.</summary>
    public static string Dress(string html, string head)
    {
        if (head.Length == 0)
            return html;
        if (HeadStart().Match(html) is { Success: true } found)
            return html.Insert(found.Index + found.Length, head);
        return PageStart().Match(html) is { Success: true } page
            ? html.Insert(page.Index + page.Length, $"<head>{head}</head>")
            : $"<html><head>{head}</head><body>{html}</body></html>";
    }

    private static bool IsLooks(IElement element) => element.LocalName is "style" or "link" or "base"
        || (element.LocalName == "meta" && element.HasAttribute("name"));

    /// <summary>Those of the body that are seen; a block takes colours as style alone.</summary>
    private static string Attributes(IElement body)
    {
        var style = new StringBuilder();
        if (body.GetAttribute("bgcolor") is { Length: > 0 } background)
            style.Append("background-color:").Append(background).Append(';');
        if (body.GetAttribute("text") is { Length: > 0 } color)
            style.Append("color:").Append(color).Append(';');
        style.Append(body.GetAttribute("style"));
        var kept = BodyAttributes.Select(name => (Name: name, Value: body.GetAttribute(name))).Append((Name: "style", Value: style.ToString()));
        return string.Concat(kept.Where(attribute => !string.IsNullOrEmpty(attribute.Value)).Select(attribute => $" {attribute.Name}=\"{WebUtility.HtmlEncode(attribute.Value)}\""));
    }

    [GeneratedRegex(
        @"<(?:!doctype|address|article|aside|blockquote|body|br|center|dd|details|div|dl|dt|fieldset|figure|footer|form|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|script|section|style|table|tbody|td|textarea|th|tr|ul)(?:[\s/>])",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LineMarkup();

    [GeneratedRegex(@"<head(?:\s[^<>]*)?>", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeadStart();

    [GeneratedRegex(@"<html(?:\s[^<>]*)?>", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PageStart();
}
