using System.Globalization;
using System.Text.Json.Nodes;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>users.getProfile, users.messages.list, get and attachments.get.</summary>
internal sealed class MessageReading(GmailContext context, MessageJson json, AttachmentIds attachmentIds)
{
    private readonly Paging paging = new(context.Faults);

    public static JsonObject Profile(GmailCall call)
    {
        var messages = call.Mailbox.Messages;
        return new JsonObject
        {
            ["emailAddress"] = call.Mailbox.Address,
            ["messagesTotal"] = messages.Count,
            ["threadsTotal"] = messages.DistinctBy(message => message.ThreadId).Count(),
            ["historyId"] = call.Mailbox.HistoryId.ToString(CultureInfo.InvariantCulture),
        };
    }

    public JsonObject List(GmailCall call) =>
        paging.Page(call, Matching(call), message => (message.InternalDate, message.Id), "messages", MessageJson.Reference);

    public JsonObject Get(GmailCall call) => json.Write(Find(call, call.Id), call);

    public JsonObject Attachment(GmailCall call)
    {
        var message = Find(call, call.PathValues["messageId"]);
        var partId = attachmentIds.Read(call.Id, message.Id) ?? throw GmailException.InvalidArgument("Invalid attachment token");
        var part = MimeParser.Parse(message.Raw).Root;
        foreach (var index in partId.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            part = MessageJson.Below(part)[int.Parse(index, CultureInfo.InvariantCulture)];
        }

        var bytes = part.DecodeBody();
        return new JsonObject { ["size"] = bytes.Length, ["data"] = GoogleBase64.Encode(bytes) };
    }

    /// <summary>The messages that a list is of, the newest first.</summary>
    /// <exception cref="GmailException">A label is unknown, or the token is not good for searching.</exception>
    public IReadOnlyList<GmailMessage> Matching(GmailCall call)
    {
        var (mailbox, labelIds, q) = (call.Mailbox, call.All("labelIds"), call.One("q") ?? "");
        if (q.Length > 0 && !GmailScopes.ForAttachments.Any(call.Scopes.Contains))
        {
            throw new GmailException(403, "forbidden", "PERMISSION_DENIED", "Metadata scope does not support 'q' parameter");
        }

        if (labelIds.FirstOrDefault(id => !SystemLabels.Has(id) && mailbox.FindLabel(id) is null) is { } unknown)
        {
            throw GmailException.InvalidArgument($"Invalid label: {unknown}");
        }

        var query = GmailQuery.Parse(q, mailbox, context.Time.GetUtcNow());
        var showsBins = call.IsTrue("includeSpamTrash") || query.ShowsBins;
        return [.. mailbox.Messages.Where(message =>
            labelIds.All(message.Has)
            && (showsBins || SystemLabels.Bins.All(bin => !message.Has(bin) || labelIds.Contains(bin, StringComparer.Ordinal)))
            && query.Matches(message))];
    }

    /// <exception cref="GmailException">There is no such message, or the id can be none.</exception>
    public static GmailMessage Find(GmailCall call, string id)
    {
        ThrowIfNoId(id);
        return call.Mailbox.Find(id) ?? throw GmailException.NotFound();
    }

    public static void ThrowIfNoId(string id)
    {
        if (id.Length is 0 or > 16 || !id.All(char.IsAsciiHexDigit))
        {
            throw GmailException.InvalidArgument("Invalid id value");
        }
    }
}
