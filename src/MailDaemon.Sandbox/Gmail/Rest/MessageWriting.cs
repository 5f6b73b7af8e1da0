using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>The methods of users.messages that change something.</summary>
internal sealed class MessageWriting(GmailContext context)
{
    /// <summary>Ids that batchModify and batchDelete take at once (Gmail API v1).</summary>
    private const int MaxIds = 1000;

    public JsonObject Send(GmailCall call) => MessageJson.WithLabels(Send(call, call.Json()));

    /// <summary>Sends the message of a call: the copy is in Sent, and in the inbox of those recipients who are users of the sandbox.</summary>
    /// <param name="message">The message's JSON, in which <c>raw</c> and <c>threadId</c> are read.</param>
    public GmailMessage Send(GmailCall call, JsonElement message)
    {
        var raw = RawOf(call, message);
        var outgoing = Outgoing(raw, call.Mailbox);
        ThrowIfNoThread(call.Mailbox, message);
        var others = outgoing.Recipients.Where(address => !IsSelf(call, address)).ToArray();
        string[] labelIds = others.Length < outgoing.Recipients.Count ? [SystemLabels.Sent, SystemLabels.Inbox, SystemLabels.Unread] : [SystemLabels.Sent];
        var sent = call.Mailbox.Add(new GmailMail(outgoing.Copy) { LabelIds = labelIds });
        context.Delivery.Accept(call.Mailbox.Address, others, outgoing.Delivered, call.Mailbox.Address, [], isFiled: true);
        return sent;
    }

    public JsonObject Insert(GmailCall call) => Add(call, "receivedTime");

    public JsonObject Import(GmailCall call) => Add(call, "dateHeader");

    public JsonObject Modify(GmailCall call)
    {
        MessageReading.ThrowIfNoId(call.Id);
        var json = call.Json();
        return MessageJson.WithLabels(call.Mailbox.Modify(call.Id, json.Texts("addLabelIds"), json.Texts("removeLabelIds")));
    }

    public JsonObject Trash(GmailCall call) => MessageJson.WithLabels(call.Mailbox.Trash(MessageReading.Find(call, call.Id).Id));

    public JsonObject Untrash(GmailCall call) => MessageJson.WithLabels(call.Mailbox.Untrash(MessageReading.Find(call, call.Id).Id));

    public JsonNode? Delete(GmailCall call)
    {
        call.Mailbox.Delete(MessageReading.Find(call, call.Id).Id);
        return null;
    }

    /// <summary>Ids of messages that are gone are passed over.</summary>
    public JsonNode? BatchModify(GmailCall call)
    {
        var json = call.Json();
        var (add, remove) = (json.Texts("addLabelIds"), json.Texts("removeLabelIds"));
        call.Mailbox.ThrowIfNotForClients(add, remove);
        using var gate = call.Mailbox.User.Gate.EnterScope();
        foreach (var id in Ids(json).Where(id => call.Mailbox.Find(id) is not null))
        {
            call.Mailbox.Modify(id, add, remove);
        }

        return null;
    }

    /// <summary>Ids of messages that are gone are passed over.</summary>
    public JsonNode? BatchDelete(GmailCall call)
    {
        using var gate = call.Mailbox.User.Gate.EnterScope();
        foreach (var id in Ids(call.Json()).Where(id => call.Mailbox.Find(id) is not null))
        {
            call.Mailbox.Delete(id);
        }

        return null;
    }

    /// <summary>The message of a call: uploaded, or the <c>raw</c> of its JSON.</summary>
    /// <exception cref="GmailException">There is none, or it is too large.</exception>
    public byte[] RawOf(GmailCall call, JsonElement message)
    {
        var raw = call.Media ?? (message.Text("raw") is { Length: > 0 } text
            ? GoogleBase64.Decode(text) ?? throw GmailException.InvalidArgument("Invalid value at 'raw' (TYPE_BYTES), Base64 decoding failed")
            : throw GmailException.InvalidArgument("'raw' RFC822 payload message string or uploading message via /upload/* URL required"));
        return raw.Length <= context.Options.MaxMessageBytes ? raw : throw TooLarge();
    }

    public static GmailException TooLarge() => new(413, "uploadTooLarge", "INVALID_ARGUMENT", "Request Entity Too Large");

    /// <exception cref="GmailException">A thread is asked for that is not there. One that the header does not belong to is passed over, as Gmail does.</exception>
    public static void ThrowIfNoThread(GmailMailbox mailbox, JsonElement message)
    {
        if (message.Text("threadId") is { Length: > 0 } threadId && !mailbox.Messages.Any(known => known.ThreadId == threadId))
        {
            throw GmailException.NotFound();
        }
    }

    public IEnumerable<string> OwnAddresses(GmailMailbox mailbox) => [mailbox.Address, .. context.Options.Aliases.GetValueOrDefault(mailbox.Address) ?? []];

    /// <exception cref="GmailException">It has no recipient, or one that is none.</exception>
    private OutgoingMail Outgoing(byte[] raw, GmailMailbox mailbox)
    {
        try
        {
            return OutgoingMail.Of(raw, new Mailbox(mailbox.DisplayName, mailbox.Address), OwnAddresses(mailbox), context.Faults.RewritesMessageId, context.Time.GetUtcNow());
        }
        catch (InvalidRecipientsException failure)
        {
            throw GmailException.InvalidArgument(failure.Message);
        }
    }

    private bool IsSelf(GmailCall call, string address) => OwnAddresses(call.Mailbox).Contains(address, StringComparer.OrdinalIgnoreCase);

    private JsonObject Add(GmailCall call, string defaultSource)
    {
        var json = call.Json();
        var raw = RawOf(call, json);
        ThrowIfNoThread(call.Mailbox, json);
        var usesHeader = (call.One("internalDateSource") ?? defaultSource) == "dateHeader";
        return MessageJson.WithLabels(call.Mailbox.Add(new GmailMail(raw)
        {
            LabelIds = json.Texts("labelIds"),
            InternalDate = usesHeader ? MimeParser.ParseHeaders(raw).Date : null,
        }));
    }

    private static IReadOnlyList<string> Ids(JsonElement json)
    {
        var ids = json.Texts("ids");
        return ids.Count switch
        {
            0 => throw GmailException.InvalidArgument("No message ids specified"),
            > MaxIds => throw GmailException.InvalidArgument("Too many message ids specified; the limit is 1000"),
            _ => ids,
        };
    }
}
