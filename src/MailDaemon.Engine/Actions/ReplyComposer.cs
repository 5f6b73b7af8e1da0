using System.Globalization;
using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Actions;

/// <summary>How a reply is to be made.</summary>
/// <param name="ReplyAll">Also to the other recipients of the original.</param>
/// <param name="QuoteOriginal">Put the original's text below the answer.</param>
/// <param name="ToReplyTo">Whether it may be addressed to the Reply-To of the original; else it is to its From.</param>
public sealed record ReplyOptions(bool ReplyAll = false, bool QuoteOriginal = false, bool ToReplyTo = true);

/// <summary>Recipients, subject, thread and quotation of a reply (RFC 5322 §3.6.4, appendix A.2). Pure.</summary>
internal static class ReplyComposer
{
    /// <summary>Threads hold hundreds of mails; a References header of more than this many ids keeps its root and its newest.</summary>
    private const int MaxReferences = 30;

    private static readonly string[] Prefixes = ["Re:", "Re：", "回复:", "回复：", "答复:", "答复：", "回覆:", "回覆："];

    /// <summary>Who gets it and what it is called; recipients and subject that the answer names go before those of the original.</summary>
    public static Draft Compose(MessageDetail original, Draft answer, ReplyOptions options, string own)
    {
        var to = answer.To.Count > 0 ? answer.To : To(options.ToReplyTo ? original : original with { ReplyTo = [] }, own);
        return answer with
        {
            To = to,
            Cc = options.ReplyAll ? [.. answer.Cc, .. Cc(original, [.. to, .. answer.Cc, .. answer.Bcc], own)] : answer.Cc,
            Subject = answer.Subject.Length > 0 ? answer.Subject : Subject(original.Subject),
        };
    }

    /// <summary>Those of the original's recipients that a reply to all leaves out, because they are no mail addresses.</summary>
    public static IReadOnlyList<string> LeftOut(MessageDetail original, ReplyOptions options) => options.ReplyAll
        ? [.. original.To.Concat(original.Cc).Where(a => !Mailbox.IsAddress(a.Address)).Select(a => a.Address.Length > 0 ? a.Address : a.Name).Where(word => word.Length > 0)]
        : [];

    /// <summary>Puts the original, whole, below the answer: HTML below HTML, so that it looks as it did.</summary>
    public static Draft Quote(Original original, Draft answer)
    {
        if (!answer.IsHtml)
            return answer with { Body = QuoteText(original, answer.Body) };
        var page = original.Html is { } html ? HtmlPage.Of(html) : new HtmlPage("", HtmlPage.OfText(original.Text));
        var quotation = $"<br><br><div>{WebUtility.HtmlEncode(Who(original.Detail))}</div><blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">{page.Body}</blockquote>";
        return answer with
        {
            Body = HtmlPage.Dress(HtmlPage.Append(answer.Body, quotation), page.Head),
            Attachments = [.. answer.Attachments, .. original.Pictures],
        };
    }

    /// <summary>One prefix is kept, none is doubled.</summary>
    public static string Subject(string original)
    {
        var trimmed = OneLine.Of(original).Trim();
        return Prefixes.Any(p => trimmed.StartsWith(p, StringComparison.OrdinalIgnoreCase)) ? trimmed : $"Re: {trimmed}".TrimEnd();
    }

    /// <summary>The original's References and its own id; In-Reply-To stands in where there are no References.</summary>
    public static IReadOnlyList<string> References(MessageDetail original)
    {
        IReadOnlyList<string> before = original.Headers.References is { Count: > 0 } references
            ? references
            : original.Headers.InReplyTo is { } parent ? [parent] : [];
        IEnumerable<string> all = original.InternetMessageId is { } id ? before.Append(id) : before;
        var chain = all.Distinct(StringComparer.Ordinal).ToList();
        return chain.Count <= MaxReferences ? chain : [chain[0], .. chain.Skip(chain.Count - MaxReferences + 1)];
    }

    /// <summary>Reply-To, else From. An answer to one's own mail goes on to those it went to.</summary>
    private static IReadOnlyList<EmailAddress> To(MessageDetail original, string own)
    {
        if (Reachable(original.ReplyTo) is { Count: > 0 } replyTo)
        {
            return replyTo;
        }

        if (IsSame(original.From.Address, own) && Reachable(original.To) is { Count: > 0 } to)
        {
            return to;
        }

        return original.From.Address.Length > 0
            ? [original.From]
            : throw MailException.InvalidInput("no_sender", "The message names no sender to reply to. Use send with explicit recipients.");
    }

    /// <summary>Without names that have no address, such as that of a distribution list.</summary>
    private static List<EmailAddress> Reachable(IReadOnlyList<EmailAddress> addresses) => [.. addresses.Where(each => Protocols.Mime.Mailbox.IsAddress(each.Address))];

    private static IReadOnlyList<EmailAddress> Cc(MessageDetail original, IReadOnlyList<EmailAddress> to, string own) =>
        [.. original.To.Concat(original.Cc)
            .Where(a => Mailbox.IsAddress(a.Address) && !IsSame(a.Address, own) && !to.Any(t => IsSame(t.Address, a.Address)))
            .DistinctBy(a => a.Address, StringComparer.OrdinalIgnoreCase)];

    private static string Who(MessageDetail original)
    {
        var who = original.From.Name.Length > 0 ? original.From.Name : original.From.Address;
        var when = (original.SentDateTime ?? original.Date).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return $"{when}, {OneLine.Of(who)}:";
    }

    private static string QuoteText(Original original, string answer)
    {
        var lines = new StringBuilder(answer.TrimEnd()).Append("\r\n\r\n").Append(Who(original.Detail)).Append("\r\n");
        foreach (var line in original.Text.AsSpan().EnumerateLines())
            lines.Append(line.StartsWith('>') ? ">" : "> ").Append(line).Append("\r\n");
        return lines.ToString();
    }

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
