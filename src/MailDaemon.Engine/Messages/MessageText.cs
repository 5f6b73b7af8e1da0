using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Messages;

/// <summary>The plain text of a message as the cache keeps it.</summary>
internal static class MessageText
{
    public const string Unreadable = "The HTML of this mail cannot be read as text.";

    /// <summary>The content with its text: its own plain text when that says anything, else what its HTML shows. Never throws.</summary>
    public static MessageContent Complete(MessageContent content)
    {
        if (content.Html is not { } html || !BlankText.IsBlank(content.Text))
            return content;
        var read = MailHtml.Guarded<(string Text, int HiddenCharacters)?>(() => HtmlText.Read(html), null);
        return read is var (text, hidden)
            ? content with { Text = text, IsTextDerived = true, HiddenTextRemoved = hidden }
            : content with { IsTextDerived = true, Defects = [.. content.Defects, Unreadable] };
    }
}
