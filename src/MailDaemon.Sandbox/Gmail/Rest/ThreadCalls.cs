using System.Globalization;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>users.threads: what is done to a thread is done to each of its messages.</summary>
internal sealed class ThreadCalls(GmailContext context, MessageJson json, MessageReading reading)
{
    private readonly Paging paging = new(context.Faults);

    /// <summary>The threads that have a message which matches, by their newest one.</summary>
    public JsonObject List(GmailCall call)
    {
        var threads = reading.Matching(call).GroupBy(message => message.ThreadId, StringComparer.Ordinal).Select(thread => thread.First()).ToList();
        return paging.Page(call, threads, message => (message.InternalDate, message.Id), "threads", Entry);
    }

    public JsonObject Get(GmailCall call)
    {
        var messages = Find(call);
        return new JsonObject
        {
            ["id"] = call.Id,
            ["historyId"] = messages.Max(message => message.HistoryId).ToString(CultureInfo.InvariantCulture),
            ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)json.Write(message, call))]),
        };
    }

    public JsonObject Modify(GmailCall call)
    {
        var body = call.Json();
        var (add, remove) = (body.Texts("addLabelIds"), body.Texts("removeLabelIds"));
        return Each(call, message => call.Mailbox.Modify(message.Id, add, remove));
    }

    public JsonObject Trash(GmailCall call) => Each(call, message => call.Mailbox.Trash(message.Id));

    public JsonObject Untrash(GmailCall call) => Each(call, message => call.Mailbox.Untrash(message.Id));

    public JsonNode? Delete(GmailCall call)
    {
        foreach (var message in Find(call))
        {
            call.Mailbox.Delete(message.Id);
        }

        return null;
    }

    private static JsonObject Each(GmailCall call, Func<GmailMessage, GmailMessage> change) => new()
    {
        ["id"] = call.Id,
        ["messages"] = new JsonArray([.. Find(call).Select(message => (JsonNode)MessageJson.WithLabels(change(message)))]),
    };

    /// <summary>The messages of the thread, the oldest first.</summary>
    private static List<GmailMessage> Find(GmailCall call)
    {
        MessageReading.ThrowIfNoId(call.Id);
        var messages = call.Mailbox.Messages.Where(message => message.ThreadId == call.Id).Reverse().ToList();
        return messages.Count > 0 ? messages : throw GmailException.NotFound();
    }

    private static JsonNode Entry(GmailMessage newest) => new JsonObject
    {
        ["id"] = newest.ThreadId,
        ["snippet"] = MessageJson.Snippet(newest),
        ["historyId"] = newest.HistoryId.ToString(CultureInfo.InvariantCulture),
    };
}
