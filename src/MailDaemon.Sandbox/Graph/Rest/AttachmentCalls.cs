using System.Text.Json.Nodes;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>The attachments of a message. Those of drafts can be added and removed.</summary>
internal sealed class AttachmentCalls(GraphContext context)
{
    private static readonly string[] Names = ["id", "name", "contentType", "size", "isInline", "lastModifiedDateTime", "contentId", "contentLocation", "contentBytes"];
    private readonly UsageMeter uploaded = new(context.Time, TimeSpan.FromMinutes(5), context.Options.UploadBytesPerFiveMinutes);

    public static GraphReply List(GraphCall call) => GraphReply.Ok(new JsonObject
    {
        ["@odata.context"] = $"{call.BaseUrl}/$metadata#users('me')/messages('1')/attachments",
        ["value"] = AttachmentJson.List(call.Message(), call.One("select")),
    });

    public static GraphReply Get(GraphCall call)
    {
        var message = call.Message();
        var withItem = ODataExpand.Parse(call.One("expand")).Any(expand => expand.Property.EndsWith("item", StringComparison.OrdinalIgnoreCase));
        var selected = ODataSelect.Parse(call.One("select"), Names, "attachment");
        return GraphReply.Ok(AttachmentJson.Write(message, MessageAttachments.Find(message, IdIn(call)), selected, withItem));
    }

    /// <summary>The bytes of a file, or the MIME of a message; an address has none.</summary>
    public static GraphReply Content(GraphCall call)
    {
        var attachment = MessageAttachments.Find(call.Message(), IdIn(call));
        return attachment.Kind == "reference"
            ? throw new GraphException(405, "ErrorInvalidOperation", "The content of a reference attachment cannot be read.")
            : new GraphReply(200) { Bytes = attachment.Part.DecodeBody(), ContentType = attachment.Kind == "item" ? "text/plain" : attachment.ContentType };
    }

    public GraphReply Add(GraphCall call)
    {
        var message = call.Message();
        var part = AttachmentMime.Part(call.Json());
        Take(call.Mailbox, part.Length);
        var (changed, attachment) = Add(call.Mailbox, message.Id, part);
        var json = AttachmentJson.Write(changed, attachment, null);
        json.Insert(0, "@odata.context", $"{call.BaseUrl}/$metadata#users('me')/messages('1')/attachments/$entity");
        return GraphReply.Created(json);
    }

    public static GraphReply Delete(GraphCall call)
    {
        using var gate = call.Mailbox.Gate.EnterScope();
        var message = OfDraft(call.Message());
        var attachment = MessageAttachments.Find(message, IdIn(call));
        call.Mailbox.Change(message.Id, draft => draft with { Content = new MailContent(MimeEdit.RemovePart(message.Raw.Span, attachment.Part)) });
        return GraphReply.NoContent();
    }

    /// <summary>Adds a part to a draft.</summary>
    /// <exception cref="GraphException">It is no draft, or would be too large.</exception>
    public (GraphMessage Message, MessageAttachment Attachment) Add(GraphMailbox mailbox, string messageId, byte[] part)
    {
        using var gate = mailbox.Gate.EnterScope();
        var message = OfDraft(mailbox.Required(messageId));
        if (message.Raw.Length + part.Length > context.Options.MaxMessageBytes)
        {
            throw GraphException.TooLarge();
        }

        var raw = MimeEdit.AddPart(message.Raw.Span, message.Content.Mime.Root, part);
        var changed = mailbox.Change(message.Id, draft => draft with { Content = new MailContent(raw) });
        return (changed, MessageAttachments.Of(changed)[^1]);
    }

    /// <exception cref="GraphException">The mailbox has taken up too much in the last five minutes.</exception>
    public void Take(GraphMailbox mailbox, long bytes)
    {
        if (!uploaded.TryTake(mailbox.Address, bytes))
        {
            throw new GraphException(GraphError.TooManyRequests with { RetryAfter = 60 });
        }
    }

    public static GraphMessage OfDraft(GraphMessage message) =>
        message.IsDraft ? message : throw new GraphException(400, "ErrorInvalidPropertySet", "Attachments can be changed only when IsDraft = true.");

    private static string IdIn(GraphCall call) => call.PathValues["attachment-id"];
}
