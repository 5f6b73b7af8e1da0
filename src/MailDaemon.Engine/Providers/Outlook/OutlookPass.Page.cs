using MailDaemon.Engine.Messages;
using GraphMessage = Microsoft.Graph.Models.Message;

namespace MailDaemon.Engine.Providers.Outlook;

/// <content>What a page of a folder comes to.</content>
internal sealed partial class OutlookPass
{
    /// <summary>
    /// Holds a page against what is known. A message that it misses may have been moved, or moved away and back, which a delta does not tell:
    /// unless another page shows it, it is asked for before it counts as deleted.
    /// </summary>
    /// <param name="shown">Ids that pages of other folders show, which are applied with this one; null when there are none.</param>
    private async Task<Delta> TakePageAsync(OutlookFolder folder, IReadOnlyList<GraphMessage> page, IReadOnlySet<string>? shown, CancellationToken ct)
    {
        // A page may tell of a message twice; the last word counts.
        var last = page.Where(message => message.Id is not null).GroupBy(message => message.Id!, StringComparer.Ordinal).Select(told => told.Last()).ToList();
        var known = scope.KnownByIds([.. last.Select(message => message.Id!)]);
        var sorted = new SortedPage();
        foreach (var message in last)
            Sort(folder, message, known, shown, sorted);

        foreach (var (id, state) in await reader.TryStatesAsync(sorted.Asked, ct))
        {
            if (state.Failure is null)
                Settle(id, state.Value, sorted);
            else
                Believe(folder, last.First(message => message.Id == id), sorted);
        }

        var added = await reader.CompleteAsync(folder.Id, sorted.Whole, message => PathIn(folder, message), date => IsOld(folder, date), ct);
        var read = await reader.ReadAsync(sorted.Unread, message => PathIn(folder, message), date => IsOld(folder, date), ct);
        return new Delta
        {
            Scope = OutlookMessages.Scope,
            Next = null,
            Added = [.. added.Messages, .. read.Messages.Where(message => known.ContainsKey(message.RemoteId) || IsRecent(message.Date))],
            Changed = sorted.Changed,
            Removed = sorted.Removed,
            Refused = [.. added.Refused, .. read.Refused],
        };
    }

    private void Sort(OutlookFolder folder, GraphMessage message, IReadOnlyDictionary<string, KnownMessage> known, IReadOnlySet<string>? shown, SortedPage sorted)
    {
        var id = message.Id!;
        var isKnown = known.TryGetValue(id, out var before);
        if (OutlookMessages.IsRemoved(message))
        {
            if (isKnown && before.FolderPath == folder.Path && shown?.Contains(id) != true)
                sorted.Asked.Add(id);
            else if (refused.Contains(id))
                sorted.Removed.Add(id);
        }
        else if (isKnown && own.Contains(id))
        {
            // What we changed a moment ago may be told as it was before.
            sorted.Asked.Add(id);
        }
        else if (isKnown && !IsDraft(before, message))
        {
            if (PathIn(folder, message) is { } path)
                sorted.Changed.Add(OutlookMessages.Change(message, path));
            else
                sorted.Removed.Add(id);
        }
        else if (isKnown || (!refused.Contains(id) && IsRecent(message.ReceivedDateTime)))
        {
            if (OutlookMessages.IsWhole(message))
                sorted.Whole.Add(message);
            else
                sorted.Unread.Add(id);
        }
    }

    private void Settle(string id, GraphMessage? state, SortedPage sorted)
    {
        if (state is null || PathOf(state.ParentFolderId) is not { } path)
            sorted.Removed.Add(id);
        else if (state.IsDraft == true)
            sorted.Unread.Add(id);
        else
            sorted.Changed.Add(OutlookMessages.Change(state, path));
    }

    /// <summary>The server fails at the message itself: what the page says counts, but not that it is gone.</summary>
    private void Believe(OutlookFolder folder, GraphMessage told, SortedPage sorted)
    {
        if (OutlookMessages.IsRemoved(told))
            cursor = cursor.With(folder.Id, At(folder) with { IsDoubtful = true });
        else if (PathIn(folder, told) is { } path)
            sorted.Changed.Add(OutlookMessages.Change(told, path));
    }

    /// <summary>Drafts alone change what they say, and so does one that was sent.</summary>
    private static bool IsDraft(KnownMessage before, GraphMessage message) => before.Flags.HasFlag(MessageFlags.Draft) || message.IsDraft == true;

    /// <summary>Where a message is that this folder's page shows. It may say itself that it is elsewhere by now.</summary>
    private string? PathIn(OutlookFolder folder, GraphMessage message) => message.ParentFolderId is { } parent && parent != folder.Id && byId.ContainsKey(parent) ? PathOf(parent) : folder.Path;

    /// <summary>Whether a message that was received then was there before us, or before what was there was last read and counted.</summary>
    private bool IsOld(OutlookFolder folder, DateTimeOffset date) => At(folder) switch
    {
        { ReadAt: { } read, Since: var since } => date < Later(since, Earlier(read, proven)) - OutlookCursor.Leeway,
        { Since: var since } => date < since,
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private sealed class SortedPage
    {
        public List<GraphMessage> Whole { get; } = [];

        public List<string> Unread { get; } = [];

        public List<string> Asked { get; } = [];

        public List<RemoteChange> Changed { get; } = [];

        public List<string> Removed { get; } = [];
    }
}
