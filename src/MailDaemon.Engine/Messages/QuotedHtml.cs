using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Takes quoted history and signatures out of HTML mail, by the marks that mail programs leave in it. What is forwarded is content, and so is a
/// quotation that something of one's own follows.
/// </summary>
internal static class QuotedHtml
{
    /// <summary>More of an element is not looked at to tell what it is, in characters.</summary>
    private const int MaxLook = 2_000;

    /// <summary>So many elements are looked at for the fields of an answered mail.</summary>
    private const int MaxLooks = 50;

    /// <summary>No program quotes so often in one mail.</summary>
    private const int MaxQuotations = 500;

    /// <summary>Gmail, Apple Mail and Thunderbird, Yahoo, ProtonMail, QQ, 163, Foxmail: the quotation is an element of its own.</summary>
    private const string Quotations =
        "blockquote[type=cite], .gmail_quote, .gmail_quote_container, .gmail_extra, .gmail_attr, .moz-cite-prefix, .yahoo_quoted, .protonmail_quote, "
        + "#isReplyContent, .ntes-mailmaster-quote, #mail-editor-reference-message-container, .tutanota_quote";

    private const string Signatures = ".gmail_signature, .gmail_signature_prefix, .moz-signature, #Signature, .ms-outlook-mobile-signature, .protonmail_signature_block";

    /// <summary>Outlook and QQ put this above the quotation, and all that follows is quoted.</summary>
    private const string Dividers = "#divRplyFwdMsg, #appendonsend, hr#stopSpelling, .OutlookMessageHeader, #divtagdefaultwrapper + hr";

    /// <summary>What may hold the fields of an answered mail without a mark of its own: Outlook draws a line above them.</summary>
    private const string Ruled = "div[style*=border-top], div[style*='border:none'], td[style*=border-top], p[style*=border-top]";

    /// <summary>The body's markup without them; all of the HTML when there are none, or nothing would be left.</summary>
    public static (string Html, bool IsStripped) Own(string html, string subject)
    {
        if (html.Length > MailHtml.MaxInput)
            return (html, false);
        var page = VisibleHtml.Parse(html);
        if (History(page, subject) is not { } history)
            return (html, false);
        foreach (var element in history.Quoted)
            element.Remove();
        if (history.Divider is not null)
            RemoveFrom(history.Divider, page.Body!);
        return (page.Body!.InnerHtml.Trim(), true);
    }

    /// <summary>Leaves them out of what the page shows. False: there are none, or nothing would be left.</summary>
    public static bool LeaveOut(VisibleHtml page, string subject)
    {
        if (History(page, subject) is not { } history)
            return false;
        history.Quoted.ForEach(page.LeaveOut);
        for (INode? node = history.Divider; node is not null && node != page.Body; node = node.Parent)
        {
            // What stands behind an element that holds the divider is behind the divider.
            var siblings = node.Parent?.ChildNodes;
            for (var i = siblings?.Length - 1; i >= 0 && siblings![i.Value] != node; i--)
                page.LeaveOut(siblings[i.Value]);
            if (node == history.Divider)
                page.LeaveOut(node);
        }

        return true;
    }

    /// <summary>What is to go; null when nothing is. Quotations that something of one's own follows are not among it.</summary>
    private static (List<IElement> Quoted, IElement? Divider)? History(VisibleHtml page, string subject)
    {
        if (page.Body is not { } body || QuotedText.IsForward(subject))
            return null;
        var quoted = new HashSet<INode>(Found(page, body, out var divider));
        if (quoted.Count > MaxQuotations || (quoted.Count == 0 && divider is null))
            return null;
        var isOwn = false;
        var last = new List<IElement>();
        var stack = new Stack<INode>([body]);
        while (stack.TryPop(out var node) && node != divider)
        {
            if (!page.Shows(node))
                continue;
            if (quoted.Contains(node))
            {
                last.Add((IElement)node);
                continue;
            }

            if (node is IText text ? !string.IsNullOrWhiteSpace(text.Data) && !QuotedText.IsAttribution(text.Data) : node is IElement { LocalName: "img" })
            {
                isOwn = true;
                last.Clear();
            }

            VisibleHtml.Push(node, stack);
        }

        return isOwn && (last.Count > 0 || divider is not null) ? (last, divider) : null;
    }

    /// <summary>The elements that are quotations or signatures, the outer ones; and the first of what divides the mail from what it answers.</summary>
    private static List<IElement> Found(VisibleHtml page, IElement body, out IElement? divider)
    {
        divider = body.QuerySelector(Dividers)
            ?? body.QuerySelectorAll(Ruled).Take(MaxLooks).FirstOrDefault(element => QuotedText.BeginsHeader(TextCut.At(HtmlTextOf(page, element), MaxLook)));
        var found = body.QuerySelectorAll($"{Quotations}, {Signatures}").ToList();
        var all = new HashSet<INode>(found);
        found.RemoveAll(element => Above(element, body).Any(all.Contains));
        var forwards = found.Take(MaxQuotations).Where(element => QuotedText.BeginsForward(TextCut.At(HtmlTextOf(page, element), MaxLook))).ToList();
        found.RemoveAll(forwards.Contains);

        // What is forwarded stays with all that it quotes itself.
        if (divider is { } line && forwards.Take(MaxLooks).Any(forward => forward.Contains(line) || IsBehind(line, forward)))
            divider = null;
        return found;
    }

    private static string HtmlTextOf(VisibleHtml page, IElement element)
    {
        var text = new System.Text.StringBuilder();
        var stack = new Stack<INode>([element]);
        while (text.Length < MaxLook && stack.TryPop(out var node))
        {
            if (!page.Shows(node))
                continue;
            if (node is IText content)
                text.Append(content.Data.ReplaceLineEndings(" "));
            else if (node is IElement { LocalName: "br" or "p" or "div" or "tr" or "blockquote" })
                text.Append('\n');
            VisibleHtml.Push(node, stack);
        }

        return text.ToString();
    }

    private static IEnumerable<INode> Above(INode node, INode body)
    {
        for (var parent = node.Parent; parent is not null && parent != body; parent = parent.Parent)
            yield return parent;
    }

    /// <summary>Whether a node stands after all of an element.</summary>
    private static bool IsBehind(INode node, INode element)
    {
        var position = element.CompareDocumentPosition(node);
        return position.HasFlag(DocumentPositions.Following) && !position.HasFlag(DocumentPositions.ContainedBy);
    }

    /// <summary>Removes an element and all that comes after it in the document.</summary>
    private static void RemoveFrom(IElement first, IElement body)
    {
        INode? node = first;
        while (node is not null && node != body)
        {
            var parent = node.Parent;

            // From the end: each that is taken out of the middle moves all behind it.
            while (parent?.LastChild is { } last && last != node)
                last.RemoveFromParent();
            if (node == first)
                node.RemoveFromParent();
            node = parent;
        }
    }
}
