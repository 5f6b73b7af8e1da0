using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>users.drafts.</summary>
internal sealed class DraftCalls(GmailContext context, MessageJson json, MessageReading reading, MessageWriting writing)
{
    private readonly Paging paging = new(context.Faults);

    public JsonObject List(GmailCall call)
    {
        var found = reading.Matching(call).Where(message => message.LabelIds.Contains(SystemLabels.Draft)).ToList();
        return paging.Page(
            call, found, message => (message.InternalDate, message.Id), "drafts", message => Write(call.Mailbox.DraftIdOf(message), MessageJson.Reference(message)));
    }

    public JsonObject Get(GmailCall call) => Write(call.Id, json.Write(Find(call, call.Id), call));

    public JsonObject Create(GmailCall call)
    {
        var message = call.Mailbox.Add(MailOf(call, call.Json()));
        return Write(call.Mailbox.DraftIdOf(message), MessageJson.WithLabels(message));
    }

    public JsonObject Update(GmailCall call)
    {
        Find(call, call.Id);
        return Write(call.Id, MessageJson.WithLabels(call.Mailbox.ReplaceDraft(call.Id, MailOf(call, call.Json()))));
    }

    /// <summary>The sent message has another id than the draft had, and the draft is gone.</summary>
    public JsonObject Send(GmailCall call)
    {
        var body = call.Json();
        var message = body.Object("message");
        var isNew = call.Media is not null || message?.Text("raw") is { Length: > 0 };
        if (body.Text("id") is not { Length: > 0 } draftId)
        {
            return isNew ? MessageJson.WithLabels(writing.Send(call, message ?? body)) : throw GmailException.InvalidArgument("Invalid draft");
        }

        var draft = Find(call, draftId);
        var sent = isNew ? writing.Send(call, message ?? body) : writing.Send(call with { Media = draft.Raw.ToArray() }, Threaded(draft));
        call.Mailbox.Delete(draft.Id);
        return MessageJson.WithLabels(sent);
    }

    public JsonNode? Delete(GmailCall call)
    {
        call.Mailbox.Delete(Find(call, call.Id).Id);
        return null;
    }

    private GmailMail MailOf(GmailCall call, JsonElement body)
    {
        var message = body.Object("message") ?? body;
        MessageWriting.ThrowIfNoThread(call.Mailbox, message);
        return new GmailMail(writing.RawOf(call, message)) { LabelIds = [SystemLabels.Draft] };
    }

    private static JsonElement Threaded(GmailMessage draft) => JsonSerializer.SerializeToElement(new JsonObject { ["threadId"] = draft.ThreadId });

    private static GmailMessage Find(GmailCall call, string draftId) => call.Mailbox.FindDraft(draftId) ?? throw GmailException.NotFound();

    private static JsonObject Write(string draftId, JsonObject message) => new() { ["id"] = draftId, ["message"] = message };
}
