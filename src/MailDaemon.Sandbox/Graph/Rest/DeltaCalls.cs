using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>
/// The delta query of a folder's messages (Graph, "message: delta"): a first round through all messages in pages, then rounds of what has changed. Changes
/// that happen while the first round runs are told in the round after it, also those of messages that it had told already changed.
/// </summary>
internal sealed class DeltaCalls(GraphContext context)
{
    private static readonly string[] Unsupported = ["search", "skip", "count"];

    private static readonly HashSet<string> ReadState = new(StringComparer.Ordinal) { "isRead", "parentFolderId" };

    private readonly GraphPages pages = new(context.Faults);
    private readonly DeltaLinks links = new(context);

    /// <summary>Over the whole mailbox there is none.</summary>
    public static GraphReply OfAll(GraphCall call) => throw new GraphException(400, "ErrorInvalidRequest", "Change tracking is not supported against 'microsoft.graph.message' outside of a folder.");

    public GraphReply OfFolder(GraphCall call)
    {
        using var gate = call.Mailbox.Gate.EnterScope();
        var folder = call.Folder();
        ThrowIfFailing(folder);
        var token = links.Read(call, folder.Key) ?? Start(call, folder);
        return GraphReply.Ok(token.Place is not null ? FirstRound(call, folder, token) : LaterRound(call, folder, token));
    }

    private void ThrowIfFailing(GraphFolder folder)
    {
        if ((folder.WellKnownName is { } name && context.Faults.FolderDelta.TryTake(name, out var error)) || context.Faults.FolderDelta.TryTake(folder.DisplayName, out error))
        {
            throw new GraphException(error);
        }
    }

    private DeltaToken Start(GraphCall call, GraphFolder folder)
    {
        if (Unsupported.FirstOrDefault(name => call.One(name) is not null) is { } name)
        {
            throw GraphException.NotWithDelta("$" + name);
        }

        var order = call.One("orderby");
        if (order is not null && !order.Trim().Equals("receivedDateTime desc", StringComparison.OrdinalIgnoreCase))
        {
            throw GraphException.NotWithDelta("$orderby");
        }

        _ = MessageJson.Selected(call.One("select"));
        _ = DeltaFilter.Parse(call.One("filter"));
        ThrowIfNotExpandable(call.One("expand"));
        return links.Start(call, folder.Key) with
        {
            Since = call.Mailbox.LastChange,
            Place = order is null ? new DeltaPlace(0, 0) : new DeltaPlace(DateTimeOffset.MaxValue.Ticks, long.MaxValue),
            Select = call.One("select"),
            Filter = call.One("filter"),
            Expand = call.One("expand"),
            ChangeType = call.One("changeType"),
            IsNewestFirst = order is not null,
        };
    }

    private JsonObject FirstRound(GraphCall call, GraphFolder folder, DeltaToken token)
    {
        if (token.Before is not null && context.Faults.DeltaReplaysPage.TryTake(out _))
        {
            token = token with { Place = token.Before, Before = null };
        }

        var filter = DeltaFilter.Parse(token.Filter);
        var left = token.Filter is null ? int.MaxValue : context.Options.MaxFilteredDelta - token.Told;
        var size = Math.Min(call.MaxPageSize ?? 10, left);
        var ahead = Ahead(call.Mailbox.Messages(folder.Id), token).Where(filter).Take(size + 1).ToArray();
        if (ahead.Length > 0 && context.Faults.EmptyPage.TryTake(out _))
        {
            return Answer(call, token, [], isLast: false);
        }

        GraphMessage[] page = [.. ahead.Take(size)];
        var isLast = ahead.Length <= size || page.Length == left;
        var next = isLast
            ? token with { Place = null, Before = null }
            : token with { Place = PlaceOf(page[^1], token), Before = token.Place, Told = token.Told + page.Length };
        return Answer(call, next, [.. page.Select(message => new GraphChange(message.Change, message, default))], isLast);
    }

    private JsonObject LaterRound(GraphCall call, GraphFolder folder, DeltaToken token)
    {
        var changes = call.Mailbox.ChangesAfter(folder, token.Since, context.Faults.LosesReturnedMessages).Where(change => IsWanted(change, token)).ToList();
        if (changes.Count > 0 && context.Faults.DeltaLags.TryTake(out var late))
        {
            changes.RemoveRange(Math.Max(0, changes.Count - late), Math.Min(late, changes.Count));
            var known = changes.Count > 0 ? changes[^1].Change : token.Since;
            return Answer(call, token with { Since = known }, changes, isLast: true, token.Since);
        }

        if (changes.Count > 0 && context.Faults.EmptyPage.TryTake(out _))
        {
            return Answer(call, token, [], isLast: false);
        }

        var size = call.MaxPageSize ?? 10;
        var page = changes.Take(size).ToList();
        var isLast = changes.Count <= size;
        var next = token with { Since = isLast ? call.Mailbox.LastChange : page[^1].Change };
        if (context.Faults.DeltaRepeats.TryTake(out var repeated))
        {
            page.InsertRange(0, call.Mailbox.Messages(folder.Id).Where(message => message.Change <= token.Since).Take(repeated).Select(message => new GraphChange(message.Change, message, default)));
        }

        return Answer(call, next, page, isLast, token.Since);
    }

    /// <summary>The filter is for what is told first: read states and removals come whatever it says (Graph, "message: delta").</summary>
    private static bool IsWanted(GraphChange change, DeltaToken token) => token.ChangeType?.ToLowerInvariant() switch
    {
        "created" => change.Message is { } message && message.EnteredBy > token.Since,
        "updated" => change.Message is { } message && message.EnteredBy <= token.Since,
        "deleted" => change.Message is null,
        _ => true,
    } && (change.Message is not { } entered || entered.EnteredBy <= token.Since || DeltaFilter.Parse(token.Filter)(entered));

    private static IEnumerable<GraphMessage> Ahead(IReadOnlyList<GraphMessage> newestFirst, DeltaToken token) => token.IsNewestFirst
        ? newestFirst.Where(message => message.ReceivedAt.UtcTicks < token.Place!.Ticks || (message.ReceivedAt.UtcTicks == token.Place.Ticks && message.Key < token.Place.Key))
        : newestFirst.Where(message => message.Key > token.Place!.Key).OrderBy(message => message.Key);

    private static DeltaPlace PlaceOf(GraphMessage message, DeltaToken token) => new(token.IsNewestFirst ? message.ReceivedAt.UtcTicks : 0, message.Key);

    /// <summary>Attachments are the one thing that can be expanded; MAPI properties end in an error that is none of the client's (19).</summary>
    private static void ThrowIfNotExpandable(string? expand)
    {
        if (ODataExpand.Parse(expand).Any(one => one.Property != "attachments"))
        {
            throw new GraphException(500, "InternalServerError", "Value cannot be null.\r\nParameter name: type");
        }
    }

    private bool TellsReadStateAlone(GraphMessage message, long? since) =>
        context.Faults.TellsReadStateAlone && since is { } known && message.ChangeBeyondRead <= known && message.Change > known;

    /// <param name="since">The last change that the client knows; null in the first round.</param>
    private JsonObject Answer(GraphCall call, DeltaToken next, IReadOnlyList<GraphChange> changes, bool isLast, long? since = null)
    {
        var selected = MessageJson.Selected(next.Select);
        var expands = ODataExpand.Parse(next.Expand);
        var answer = new JsonObject
        {
            ["@odata.context"] = $"{call.BaseUrl}/$metadata#Collection(message)",
            ["value"] = pages.Values(changes, change => change.Message is { } message
                ? WithType(TellsReadStateAlone(message, since) ? MessageJson.Write(call, message, ReadState, []) : MessageJson.Write(call, message, selected, expands))
                : new JsonObject
                {
                    ["@odata.type"] = "#microsoft.graph.message",
                    ["id"] = call.IdOf(change.Removal.Key, change.Removal.Moves),
                    ["@removed"] = new JsonObject { ["reason"] = change.Removal.IsMoved ? "changed" : "deleted" },
                }),
        };
        links.Add(call, answer, next, isLast);
        return answer;
    }

    private static JsonObject WithType(JsonObject message)
    {
        message.Insert(0, "@odata.type", "#microsoft.graph.message");
        return message;
    }
}
