using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>Takes quoted history and signatures out of HTML mail, by the marks that mail programs leave in it.</summary>
internal static class QuotedHtml
{
    /// <summary>Gmail, Apple Mail and Thunderbird, Yahoo, ProtonMail, QQ, 163, Foxmail: the quotation is an element of its own.</summary>
    private const string Quotations =
        "blockquote[type=cite], .gmail_quote, .gmail_quote_container, .gmail_extra, .gmail_attr, .moz-cite-prefix, .yahoo_quoted, .protonmail_quote, "
        + "#isReplyContent, .ntes-mailmaster-quote, #mail-editor-reference-message-container, .tutanota_quote";

    private const string Signatures = ".gmail_signature, .gmail_signature_prefix, .moz-signature, #Signature, .ms-outlook-mobile-signature, .protonmail_signature_block";

    /// <summary>Outlook and QQ put this above the quotation, and all that follows is quoted.</summary>
    private const string Dividers = "#divRplyFwdMsg, #appendonsend, hr#stopSpelling, .OutlookMessageHeader, #divtagdefaultwrapper + hr";

    /// <summary>The body's markup without them; all of it when nothing would be left.</summary>
    public static string Strip(string html)
    {
        if (html.Length > MailHtml.MaxInput)
            return html;
        var document = MailHtml.Parse(html);
        return document.Body is { } body && Remove(body) ? body.InnerHtml.Trim() : html;
    }

    /// <summary>Takes them out of the tree. False: nothing was found, or nothing would be left; the tree may have changed all the same.</summary>
    public static bool Remove(IElement body)
    {
        var isFound = false;
        foreach (var divider in body.QuerySelectorAll(Dividers).ToList())
        {
            RemoveFrom(divider, body);
            isFound = true;
        }

        foreach (var quoted in body.QuerySelectorAll(Quotations).Concat(body.QuerySelectorAll(Signatures)).ToList())
        {
            quoted.Remove();
            isFound = true;
        }

        return isFound && (body.TextContent.AsSpan().Trim().Length > 0 || body.QuerySelector("img") is not null);
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
