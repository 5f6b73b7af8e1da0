using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <content>What is done where the history does not tell.</content>
internal sealed partial class GmailPass
{
    /// <summary>Messages of the cache whose labels are read one by one at a time.</summary>
    private const int AskedAtOnce = 100;

    /// <summary>Holds all ids and labels against the cache. Changes from before it began are told by the history after it.</summary>
    private async IAsyncEnumerable<Delta> CompareAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var began = time.GetUtcNow();
        var server = await GmailSnapshot.ReadAsync(client, GmailLane.Pass, ct);
        labels.Expect(server.LabelIds);

        // A list that slips from page to page leaves messages out: what differs is asked of each before the cache believes it.
        foreach (var some in scope.Known(0, long.MaxValue, int.MaxValue).Where(known => Differs(known, server)).Select(known => known.RemoteId).Chunk(AskedAtOnce))
        {
            var now = await api.ReadLabelsAsync(GmailLane.Pass, some, ct);
            var (changed, left) = (new List<RemoteChange>(), new List<string>());
            foreach (var id in some)
                Sort(id, now[id], changed, left);
            yield return new Delta { Scope = GmailMessages.Scope, Next = null, Changed = changed, Removed = left };
        }

        // What arrived since is new mail, and is told as such before the rest is taken for missing.
        var (since, isOld, losses) = (cursor.ReadAt - Leeway, cursor.IsMissingOld, cursor.Losses);
        await foreach (var delta in ReadHistoryAsync(ct))
            yield return delta;
        if (cursor.Losses > losses)
            yield break;

        var fresh = wants.Horizon is null ? null : (await GmailSnapshot.ListAsync(client, GmailLane.Pass, wants.Recent, ct)).ToHashSet();
        foreach (var ids in server.Ids.Where(id => wants.Has(GmailLabelIds.PlaceOf(server.LabelsOf(id))) && fresh?.Contains(GmailMessages.Number(id)) != false).Chunk(ComparedAtOnce))
        {
            var known = scope.KnownByIds(ids);
            foreach (var missing in ids.Where(id => !known.ContainsKey(id) && !refused.Contains(id)).Chunk(Few))
                yield return (await ReadNewAsync(missing, date => isOld || date < since, ct)).Delta;
        }

        yield return Moved(cursor with { Phase = GmailPhase.Done, IsMissingOld = false, ReadAt = began });
    }

    private bool Differs(KnownMessage known, GmailSnapshot server)
    {
        var labelIds = server.LabelsOf(known.RemoteId);
        return !server.Has(known.RemoteId)
            || !wants.Has(GmailLabelIds.PlaceOf(labelIds))
            || !labelIds.Order(StringComparer.Ordinal).SequenceEqual(GmailMessages.LabelIds(known), StringComparer.Ordinal);
    }
}
