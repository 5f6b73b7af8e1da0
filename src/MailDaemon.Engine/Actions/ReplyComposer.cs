using System.Globalization;
using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>How a reply is to be made.</summary>
/// <param name="ReplyAll">Also to the other recipients of the original.</param>
/// <param name="QuoteOriginal">Put the original's text below the answer.</param>
public sealed record ReplyOptions(bool ReplyAll = false, bool QuoteOriginal = false);

/// <summary>Recipients, subject, thread and quotation of a reply (RFC 5322 §3.6.4, appendix A.2). Pure.</summary>
internal static class ReplyComposer
{
    /// <summary>Threads hold hundreds of mails; a References header of more than this many ids keeps its root and its newest.</summary>
    private const int MaxReferences = 30;

    /// <summary>A quoted original is cut here: whoever wants all of it has the mail.</summary>
    private const int MaxQuote = 64 * 1024;

    private static readonly string[] Prefixes = ["Re:", "Re：", "回复:", "回复：", "答复:", "答复：", "回覆:", "回覆："];

    public static Draft Compose(MessageDetail original, Draft answer, ReplyOptions options, string own)
    {
        var to = To(original, own);
        return answer with
        {
            To = to,
            Cc = options.ReplyAll ? Cc(original, to, own) : answer.Cc,
            Subject = Subject(original.Subject),
            Body = options.QuoteOriginal ? Quote(original, answer) : answer.Body,
        };
    }

    /// <summary>One prefix is kept, none is doubled.</summary>
    public static string Subject(string original)
    {
        var trimmed = original.Trim();
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
            .Where(a => a.Address.Length > 0 && !IsSame(a.Address, own) && !to.Any(t => IsSame(t.Address, a.Address)))
            .DistinctBy(a => a.Address, StringComparer.OrdinalIgnoreCase)];

    private static string Quote(MessageDetail original, Draft answer)
    {
        var who = original.From.Name.Length > 0 ? original.From.Name : original.From.Address;
        var when = (original.SentDateTime ?? original.Date).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var text = TextCut.At(original.Text ?? "", MaxQuote);
        if (answer.IsHtml)
        {
            var quoted = WebUtility.HtmlEncode(text).ReplaceLineEndings("<br>\r\n");
            return $"{answer.Body}<br><br><div>{when}, {WebUtility.HtmlEncode(who)}:</div><blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">{quoted}</blockquote>";
        }

        var lines = new StringBuilder(answer.Body.TrimEnd()).Append("\r\n\r\n").Append(when).Append(", ").Append(who).Append(":\r\n");
        foreach (var line in text.Split('\n'))
        {
            var content = line.TrimEnd('\r');
            lines.Append(content.StartsWith('>') ? ">" : "> ").Append(content).Append("\r\n");
        }

        return lines.ToString();
    }

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
