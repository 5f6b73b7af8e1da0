using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Answers and forwards: as a draft (createReply, …) or sent at once (reply, …).</summary>
internal sealed class ReplyCalls(GraphContext context, GraphSending sending)
{
    private const int ReplyVerb = 102;
    private const int ReplyAllVerb = 103;
    private const int ForwardVerb = 104;

    public GraphReply CreateReply(GraphCall call) => Created(call, Draft(call, ReplyVerb));

    public GraphReply CreateReplyAll(GraphCall call) => Created(call, Draft(call, ReplyAllVerb));

    public GraphReply CreateForward(GraphCall call) => Created(call, Draft(call, ForwardVerb));

    public GraphReply Reply(GraphCall call) => Sent(call, Draft(call, ReplyVerb));

    public GraphReply ReplyAll(GraphCall call) => Sent(call, Draft(call, ReplyAllVerb));

    public GraphReply Forward(GraphCall call) => Sent(call, Draft(call, ForwardVerb));

    private static GraphReply Created(GraphCall call, GraphMessage draft) => GraphReply.Created(MessageJson.Write(call, draft));

    private GraphReply Sent(GraphCall call, GraphMessage draft)
    {
        try
        {
            sending.Send(call.Mailbox, draft);
        }
        catch (GraphException)
        {
            call.Mailbox.DeleteForGood(draft.Id);
            throw;
        }

        return GraphReply.Accepted();
    }

    private GraphMessage Draft(GraphCall call, int verb)
    {
        var (source, json) = (call.Message(), call.Json());
        if (MessageCalls.IsMime(call))
        {
            return Add(call.Mailbox, source, MessageCalls.MimeOf(call), verb);
        }

        var (given, comment) = (json.Object("message"), json.Text("comment"));
        if (comment is { Length: > 0 } && given?.Object("body") is not null)
        {
            throw GraphException.InvalidRequest("A comment and a body of the message cannot be given both.");
        }

        if (given?.Has("toRecipients") == true && json.Has("toRecipients"))
        {
            throw GraphException.InvalidRequest("Recipients cannot be given both in the message and beside it.");
        }

        var message = Fields(call.Mailbox, source, verb);
        foreach (var property in given?.EnumerateObject() ?? default)
        {
            message[char.ToLowerInvariant(property.Name[0]) + property.Name[1..]] = JsonNode.Parse(property.Value.GetRawText());
        }

        if (json.Has("toRecipients") && json.TryGetProperty("toRecipients", out var recipients))
        {
            message["toRecipients"] = JsonNode.Parse(recipients.GetRawText());
        }

        message["body"] ??= new JsonObject { ["contentType"] = "html", ["content"] = Quote(source, comment ?? "") };
        var raw = DraftMime.Create(JsonDocument.Parse(message.ToJsonString()).RootElement, call.Mailbox, context.Time.GetUtcNow(), source);
        foreach (var attachment in verb == ForwardVerb ? MessageAttachments.Of(source) : [])
        {
            raw = MimeEdit.AddPart(raw, MimeParser.Parse(raw).Root, attachment.Part.Raw.Span);
        }

        return Add(call.Mailbox, source, raw, verb);
    }

    private static GraphMessage Add(GraphMailbox mailbox, GraphMessage source, byte[] raw, int verb) =>
        mailbox.Add(new GraphMail(raw) { Folder = WellKnownFolders.Drafts, IsDraft = true, IsRead = true, Answers = (source.Key, verb) });

    private static JsonObject Fields(GraphMailbox mailbox, GraphMessage source, int verb)
    {
        var header = source.Content.Header;
        var subject = source.Subject;
        var prefix = verb == ForwardVerb ? "FW: " : "RE: ";
        var isSelf = header.From.Any(from => IsSelf(mailbox, from));
        var authors = isSelf ? header.To : header.ReplyTo.Count > 0 ? header.ReplyTo : header.From;
        var others = header.To.Concat(header.Cc).Where(one => !IsSelf(mailbox, one) && !authors.Any(author => author.Address.Equals(one.Address, StringComparison.OrdinalIgnoreCase)));
        return new JsonObject
        {
            ["subject"] = subject.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? subject : prefix + subject,
            ["toRecipients"] = verb == ForwardVerb ? [] : Recipients(authors),
            ["ccRecipients"] = verb == ReplyAllVerb ? Recipients(others) : [],
        };
    }

    private static bool IsSelf(GraphMailbox mailbox, Mailbox one) => one.Address.Equals(mailbox.Address, StringComparison.OrdinalIgnoreCase);

    private static JsonArray Recipients(IEnumerable<Mailbox> mailboxes) =>
        new([.. mailboxes.Select(one => new JsonObject { ["emailAddress"] = new JsonObject { ["name"] = one.Name, ["address"] = one.Address } })]);

    private static string Quote(GraphMessage source, string comment)
    {
        var old = source.Content.Mime.HtmlBody ?? WebUtility.HtmlEncode(source.Content.Text).Replace("\n", "<br>", StringComparison.Ordinal);
        var from = WebUtility.HtmlEncode(source.Content.Header.Get("From") ?? "");
        return $"<html><body><div>{WebUtility.HtmlEncode(comment)}</div><hr><div><b>From:</b> {from}<br><b>Subject:</b> {WebUtility.HtmlEncode(source.Subject)}</div>{old}</body></html>";
    }
}
