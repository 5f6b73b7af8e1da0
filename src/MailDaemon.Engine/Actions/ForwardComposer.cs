using System.Globalization;
using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Subject and text of a mail that sends another one on. Pure.</summary>
internal static class ForwardComposer
{
    private const string Divider = "---------- Forwarded message ---------";

    private static readonly string[] Prefixes = ["Fwd:", "Fw:", "WG:", "转发:", "转发：", "轉寄:", "轉寄："];

    /// <summary>A note and, below it, the original as it looks: with its HTML as HTML, whatever the note is, and with its other parts.</summary>
    public static Draft Compose(Original original, Draft note)
    {
        var isHtml = note.IsHtml || original.Html is not null;
        var forward = note with
        {
            Subject = note.Subject.Length > 0 ? note.Subject : Subject(original.Detail.Subject),
            IsHtml = isHtml,
            Body = isHtml ? Html(original, note.IsHtml ? note.Body : HtmlPage.OfText(note.Body)) : Text(original, note.Body),
        };
        var pictures = original.Pictures.Select(picture => picture.ContentId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return forward with { Attachments = [.. note.Attachments, .. original.Parts.Select(part => part with { IsInline = part.IsInline || pictures.Contains(part.ContentId) })] };
    }

    /// <summary>One prefix is kept, none is doubled.</summary>
    public static string Subject(string original)
    {
        var trimmed = OneLine.Of(original).Trim();
        return Prefixes.Any(p => trimmed.StartsWith(p, StringComparison.OrdinalIgnoreCase)) ? trimmed : $"Fwd: {trimmed}".TrimEnd();
    }

    private static string Text(Original original, string note)
    {
        var text = new StringBuilder(note.TrimEnd());
        if (text.Length > 0)
        {
            text.Append("\r\n\r\n");
        }

        text.Append(Divider).Append("\r\n");
        foreach (var (name, value) in Fields(original.Detail))
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return text.Append("\r\n").Append(original.Text.ReplaceLineEndings("\r\n")).ToString();
    }

    private static string Html(Original original, string note)
    {
        var page = original.Html is { } html ? HtmlPage.Of(html) : new HtmlPage("", $"<div>{HtmlPage.OfText(original.Text)}</div>");
        var fields = string.Concat(Fields(original.Detail).Select(f => $"{f.Name}: {WebUtility.HtmlEncode(f.Value)}<br>\r\n"));
        return HtmlPage.Dress(HtmlPage.Append(note, $"<br><br><div>{Divider}<br>\r\n{fields}</div><br>\r\n{page.Body}"), page.Head);
    }

    private static IEnumerable<(string Name, string Value)> Fields(MessageDetail original)
    {
        yield return ("From", Show([original.From]));
        yield return ("Date", (original.SentDateTime ?? original.Date).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        yield return ("Subject", OneLine.Of(original.Subject));
        yield return ("To", Show(original.To));
        if (original.Cc.Count > 0)
        {
            yield return ("Cc", Show(original.Cc));
        }
    }

    private static string Show(IReadOnlyList<EmailAddress> addresses) =>
        string.Join(", ", addresses.Select(a => OneLine.Of(a.Name.Length > 0 ? $"{a.Name} <{a.Address}>" : a.Address)));
}
