using System.Text;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>What is done with one message: read, created, changed, moved, copied, deleted.</summary>
internal sealed class MessageCalls(GraphContext context)
{
    /// <summary>What can be changed of a draft only.</summary>
    private static readonly string[] OfDrafts = ["subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "from", "sender", "internetMessageId"];

    public static GraphReply Get(GraphCall call) => GraphReply.Ok(MessageJson.Write(call, call.Message()));

    public static GraphReply Mime(GraphCall call) => new(200) { Bytes = call.Message().Raw, ContentType = "text/plain" };

    /// <summary>A draft, from JSON or from MIME in base64 (Graph, "Create message").</summary>
    public GraphReply Create(GraphCall call)
    {
        var folder = call.PathValues.TryGetValue("mailFolder-id", out var id) ? call.Mailbox.Folder(id) : call.Mailbox.Folder(WellKnownFolders.Drafts);
        if (IsMime(call))
        {
            var raw = WithMessageId(MimeOf(call), call.Mailbox);
            return Created(call, call.Mailbox.Add(new GraphMail(raw) { Folder = folder.Id, IsDraft = true, IsRead = true }));
        }

        var json = call.Json();
        var flags = (json.Objects("singleValueExtendedProperties") ?? []).FirstOrDefault(one => (one.Text("id") ?? "").Equals("Integer 0x0E07", StringComparison.OrdinalIgnoreCase));

        // PidTagMessageFlags without MSGFLAG_UNSENT is the one way to put a message there that is no draft.
        var isDraft = flags.ValueKind == JsonValueKind.Undefined || (int.TryParse(flags.Text("value"), out var bits) && (bits & 8) != 0);
        var mail = new GraphMail(DraftMime.Create(json, call.Mailbox, context.Time.GetUtcNow())) { Folder = folder.Id, IsDraft = isDraft, IsRead = json.Truth("isRead") ?? true };
        return Created(call, Apply(call.Mailbox, call.Mailbox.Add(mail), json));
    }

    public GraphReply Update(GraphCall call)
    {
        var (message, json) = (call.Message(), call.Json());
        if (!message.IsDraft && OfDrafts.FirstOrDefault(name => json.Has(name)) is { } fixedName)
        {
            throw new GraphException(400, "ErrorInvalidPropertySet", $"The property '{char.ToUpperInvariant(fixedName[0])}{fixedName[1..]}' can only be set when IsDraft = true.");
        }

        using var gate = call.Mailbox.Gate.EnterScope();
        message = Apply(call.Mailbox, message, json);
        if (message.IsDraft && OfDrafts.Any(name => json.Has(name)))
        {
            var raw = DraftMime.Change(message.Raw, json, call.Mailbox);
            message = call.Mailbox.Change(message.Id, draft => draft with { Content = new MailContent(raw) });
        }

        return GraphReply.Ok(MessageJson.Write(call, message));
    }

    public static GraphReply Delete(GraphCall call)
    {
        call.Mailbox.Delete(call.Message().Id);
        return GraphReply.NoContent();
    }

    public static GraphReply DeleteForGood(GraphCall call)
    {
        call.Mailbox.DeleteForGood(call.Message().Id);
        return GraphReply.NoContent();
    }

    public static GraphReply Move(GraphCall call) => GraphReply.Created(MessageJson.Write(call, call.Mailbox.MoveTo(call.Message(), Destination(call))));

    public static GraphReply Copy(GraphCall call) => GraphReply.Created(MessageJson.Write(call, call.Mailbox.CopyTo(call.Message(), Destination(call))));

    public static GraphFolder Destination(GraphCall call) =>
        call.Mailbox.Folder(call.Json().Text("destinationId") is { Length: > 0 } id ? id : throw new GraphException(400, "ErrorInvalidRequest", "The request is missing the destination folder."));

    public static bool IsMime(GraphCall call) => call.Request.Header("Content-Type")?.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) == true;

    /// <exception cref="GraphException">It is no base64, or holds nothing.</exception>
    public static byte[] MimeOf(GraphCall call) =>
        AttachmentMime.Decode(Encoding.Latin1.GetString(call.Request.Body)) is { Length: > 0 } raw
            ? raw
            : throw new GraphException(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.");

    private static byte[] WithMessageId(byte[] raw, GraphMailbox mailbox) => MimeParser.ParseHeaders(raw).MessageId is not null
        ? raw
        : MimeEdit.ReplaceFields(raw, [], Encoding.ASCII.GetBytes($"Message-ID: {DraftMime.NewMessageId(mailbox)}\r\n"));

    private static GraphReply Created(GraphCall call, GraphMessage message) => GraphReply.Created(MessageJson.Write(call, message));

    /// <summary>What can be changed of any message.</summary>
    private static GraphMessage Apply(GraphMailbox mailbox, GraphMessage message, JsonElement json)
    {
        var flag = json.Object("flag")?.Text("flagStatus");
        var verb = (json.Objects("singleValueExtendedProperties") ?? []).FirstOrDefault(one => (one.Text("id") ?? "").Equals("Integer 0x1081", StringComparison.OrdinalIgnoreCase));
        return mailbox.Change(message.Id, old => old with
        {
            IsRead = json.Truth("isRead") ?? old.IsRead,
            Flag = flag is null ? old.Flag : Flag(flag),
            Categories = json.Texts("categories") is { } categories ? [.. categories.Distinct(StringComparer.OrdinalIgnoreCase)] : old.Categories,
            Importance = json.Text("importance") is { } importance ? ImportanceOf(importance) : old.Importance,
            LastVerb = verb.ValueKind == JsonValueKind.Object && int.TryParse(verb.Text("value"), out var number) ? number : old.LastVerb,
        });
    }

    private static GraphFlag Flag(string status) => Enum.TryParse<GraphFlag>(status, ignoreCase: true, out var flag) && !char.IsAsciiDigit(status[0])
        ? flag
        : throw GraphException.BadBody($"Requested value '{status}' was not found.");

    private static string ImportanceOf(string text) => text.ToLowerInvariant() is ("low" or "normal" or "high") and var importance
        ? importance
        : throw GraphException.BadBody($"Requested value '{text}' was not found.");
}
