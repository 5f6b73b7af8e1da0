using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// What a page of the history comes to for each message. Its records are carried out in their order on the labels that we know; a message
/// that we do not know is read, and what else the page says of it is then part of what is read. Done twice, it comes to the same.
/// </summary>
/// <param name="known">What the cache has, by id.</param>
/// <param name="hasAll">The first pass is over: who is not known has to be read.</param>
internal sealed class GmailChanges(Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, KnownMessage>> known, bool hasAll)
{
    private readonly Dictionary<string, HashSet<string>> before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> states = new(StringComparer.Ordinal);
    private readonly List<string> unknown = [];
    private readonly HashSet<string> deleted = new(StringComparer.Ordinal);
    private readonly HashSet<string> labelIds = new(StringComparer.Ordinal);

    /// <summary>Known messages whose labels are others now, with all of them.</summary>
    public IEnumerable<(string Id, IReadOnlyCollection<string> LabelIds)> Changed =>
        states.Where(state => !state.Value.SetEquals(before[state.Key])).Select(state => (state.Key, (IReadOnlyCollection<string>)state.Value));

    /// <summary>Messages that have to be read, in the order in which they came.</summary>
    public IReadOnlyList<string> Unknown => [.. unknown.Distinct(StringComparer.Ordinal).Where(id => !deleted.Contains(id))];

    public IReadOnlyCollection<string> Deleted => deleted;

    /// <summary>All labels that the page names.</summary>
    public IReadOnlyCollection<string> LabelIds => labelIds;

    public void Take(IList<History> records)
    {
        var ids = records.SelectMany(Ids).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var (id, message) in known(ids))
        {
            before[id] = [.. GmailMessages.LabelIds(message)];
            states[id] = [.. before[id]];
        }

        foreach (var record in records)
            Take(record);
    }

    private void Take(History record)
    {
        foreach (var added in record.MessagesAdded ?? [])
        {
            if (added.Message?.Id is { } id && !states.ContainsKey(id))
                unknown.Add(id);
        }

        foreach (var added in record.LabelsAdded ?? [])
            Change(added.Message?.Id, added.LabelIds, (labels, given) => labels.UnionWith(given));
        foreach (var removed in record.LabelsRemoved ?? [])
            Change(removed.Message?.Id, removed.LabelIds, (labels, taken) => labels.ExceptWith(taken));
        foreach (var gone in record.MessagesDeleted ?? [])
        {
            if (gone.Message?.Id is { } id)
            {
                deleted.Add(id);
                states.Remove(id);
            }
        }
    }

    private void Change(string? id, IList<string>? named, Action<HashSet<string>, IEnumerable<string>> change)
    {
        if (id is null || named is null)
            return;
        labelIds.UnionWith(named);
        if (states.TryGetValue(id, out var labels))
            change(labels, named);
        else if (hasAll && !deleted.Contains(id))
            unknown.Add(id);
    }

    private static IEnumerable<string?> Ids(History record) =>
    [
        .. (record.MessagesAdded ?? []).Select(m => m.Message?.Id),
        .. (record.MessagesDeleted ?? []).Select(m => m.Message?.Id),
        .. (record.LabelsAdded ?? []).Select(m => m.Message?.Id),
        .. (record.LabelsRemoved ?? []).Select(m => m.Message?.Id),
    ];
}
