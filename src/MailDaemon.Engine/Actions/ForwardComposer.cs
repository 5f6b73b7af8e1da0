using System.Globalization;
using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Subject and text of a mail that sends another one on. Pure.</summary>
internal static class ForwardComposer
{
    /// <summary>A forwarded text is cut here, in characters.</summary>
    private const int MaxText = 1024 * 1024;

    private const string Divider = "---------- Forwarded message ---------";

    private static readonly string[] Prefixes = ["Fwd:", "Fw:", "WG:", "转发:", "转发：", "轉寄:", "轉寄："];

    public static Draft Compose(MessageDetail original, Draft note) => note with
    {
        Subject = note.Subject.Length > 0 ? note.Subject : Subject(original.Subject),
        Body = note.IsHtml ? Html(original, note.Body) : Text(original, note.Body),
    };

    /// <summary>One prefix is kept, none is doubled.</summary>
    public static string Subject(string original)
    {
        var trimmed = original.Trim();
        return Prefixes.Any(p => trimmed.StartsWith(p, StringComparison.OrdinalIgnoreCase)) ? trimmed : $"Fwd: {trimmed}".TrimEnd();
    }

    private static string Text(MessageDetail original, string note)
    {
        var text = new StringBuilder(note.TrimEnd());
        if (text.Length > 0)
        {
            text.Append("\r\n\r\n");
        }

        text.Append(Divider).Append("\r\n");
        foreach (var (name, value) in Fields(original))
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return text.Append("\r\n").Append(TextCut.At(original.Text ?? "", MaxText).ReplaceLineEndings("\r\n")).ToString();
    }

    private static string Html(MessageDetail original, string note)
    {
        var fields = string.Concat(Fields(original).Select(f => $"{f.Name}: {WebUtility.HtmlEncode(f.Value)}<br>\r\n"));
        return $"{note}<br><br><div>{Divider}<br>\r\n{fields}</div><br>\r\n<div>{BodyOf(original)}</div>";
    }

    /// <summary>What stands in the body element: a page within a page is none.</summary>
    private static string BodyOf(MessageDetail original) => original.Body is { ContentType: "html" } html
        ? MailHtml.ParseWhole(html.Content).Body?.InnerHtml ?? ""
        : WebUtility.HtmlEncode(TextCut.At(original.Text ?? "", MaxText)).ReplaceLineEndings("<br>\r\n");

    private static IEnumerable<(string Name, string Value)> Fields(MessageDetail original)
    {
        yield return ("From", Show([original.From]));
        yield return ("Date", (original.SentDateTime ?? original.Date).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        yield return ("Subject", original.Subject);
        yield return ("To", Show(original.To));
        if (original.Cc.Count > 0)
        {
            yield return ("Cc", Show(original.Cc));
        }
    }

    private static string Show(IReadOnlyList<EmailAddress> addresses) =>
        string.Join(", ", addresses.Select(a => a.Name.Length > 0 ? $"{a.Name} <{a.Address}>" : a.Address));
}
