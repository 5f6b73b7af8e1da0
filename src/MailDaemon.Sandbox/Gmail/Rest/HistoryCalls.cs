using System.Globalization;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>users.history.list.</summary>
internal sealed class HistoryCalls(GmailFaults faults)
{
    private const int DefaultSize = 100;
    private const int MaxSize = 500;

    public JsonObject List(GmailCall call)
    {
        if (!ulong.TryParse(call.One("startHistoryId"), NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            throw GmailException.InvalidArgument("Missing or invalid startHistoryId");
        }

        var from = call.One("pageToken") is { Length: > 0 } token ? Read(token) : start;
        var (changes, historyId) = Changes(call, from, isFirstPage: from == start);
        var size = call.Number("maxResults", DefaultSize, MaxSize);
        var page = changes.Take(size).ToList();
        if (changes.Count > 0 && faults.EmptyHistoryPage.TryTake(out _))
        {
            page = [];
        }

        var answer = new JsonObject();
        if (page.Count > 0)
        {
            answer["history"] = new JsonArray([.. page.Select(Write)]);
        }

        if (page.Count < changes.Count)
        {
            answer["nextPageToken"] = GoogleBase64.Encode((page.Count > 0 ? page[^1].Id : from).ToString(CultureInfo.InvariantCulture));
        }

        answer["historyId"] = historyId.ToString(CultureInfo.InvariantCulture);
        return answer;
    }

    private (List<GmailHistory> Changes, ulong HistoryId) Changes(GmailCall call, ulong from, bool isFirstPage)
    {
        var historyId = call.Mailbox.HistoryId;
        if (call.Mailbox.HistorySince(from) is not { } changes || faults.HistoryIsTooOld.TryTake(out _))
        {
            throw GmailException.NotFound();
        }

        if (faults.HistoryLags.TryTake(out var hidden))
        {
            changes.RemoveRange(Math.Max(0, changes.Count - hidden), Math.Min(hidden, changes.Count));
            historyId = changes.Count > 0 ? changes[^1].Id : from;
        }

        if (isFirstPage && faults.HistoryRepeats.TryTake(out var repeated))
        {
            changes.InsertRange(0, call.Mailbox.HistoryBefore(from, repeated));
        }

        return ([.. changes.Select(change => Only(change, call.All("historyTypes"), call.One("labelId"))).OfType<GmailHistory>()], historyId);
    }

    /// <summary>What is left of a change when only some kinds of changes, or those of messages with one label, are asked for; null for nothing.</summary>
    private static GmailHistory? Only(GmailHistory change, IReadOnlyList<string> types, string? labelId)
    {
        if (labelId is not null && !change.Message.Has(labelId) && !change.LabelsRemoved.Contains(labelId))
        {
            return null;
        }

        if (types.FirstOrDefault(type => type is not ("messageAdded" or "messageDeleted" or "labelAdded" or "labelRemoved")) is { } unknown)
        {
            throw GmailException.InvalidArgument($"Invalid value at 'history_types' (TYPE_ENUM), \"{unknown}\"");
        }

        var kept = types.Count == 0 ? change : change with
        {
            IsAdded = change.IsAdded && types.Contains("messageAdded", StringComparer.Ordinal),
            IsDeleted = change.IsDeleted && types.Contains("messageDeleted", StringComparer.Ordinal),
            LabelsAdded = types.Contains("labelAdded", StringComparer.Ordinal) ? change.LabelsAdded : [],
            LabelsRemoved = types.Contains("labelRemoved", StringComparer.Ordinal) ? change.LabelsRemoved : [],
        };
        return kept.IsAdded || kept.IsDeleted || kept.LabelsAdded.Length > 0 || kept.LabelsRemoved.Length > 0 ? kept : null;
    }

    private static JsonNode Write(GmailHistory change)
    {
        var json = new JsonObject { ["id"] = change.Id.ToString(CultureInfo.InvariantCulture), ["messages"] = new JsonArray(MessageJson.Reference(change.Message)) };
        if (change.IsAdded)
        {
            json["messagesAdded"] = new JsonArray(Changed(change));
        }

        if (change.IsDeleted)
        {
            json["messagesDeleted"] = new JsonArray(Changed(change));
        }

        if (change.LabelsAdded.Length > 0)
        {
            json["labelsAdded"] = new JsonArray(Changed(change, change.LabelsAdded));
        }

        if (change.LabelsRemoved.Length > 0)
        {
            json["labelsRemoved"] = new JsonArray(Changed(change, change.LabelsRemoved));
        }

        return json;
    }

    private static JsonObject Changed(GmailHistory change, IReadOnlyList<string>? labelIds = null)
    {
        var json = new JsonObject { ["message"] = MessageJson.WithLabels(change.Message) };
        if (labelIds is not null)
        {
            json["labelIds"] = MessageJson.Strings(labelIds);
        }

        return json;
    }

    private static ulong Read(string token) =>
        ulong.TryParse(GoogleBase64.DecodeText(token), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw GmailException.InvalidArgument("Invalid pageToken");
}
