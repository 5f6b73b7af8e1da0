using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>What the server has now, to hold the cache against.</summary>
internal sealed partial class ImapProvider
{
    /// <summary>Messages a stretch, some more when they arrive meanwhile: about a megabyte.</summary>
    private const int StretchSize = 5_000;

    public async IAsyncEnumerable<RemoteStretch> ReadHoldingsAsync(string scope, string? cursor, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var stretches = ReadStretchesAsync(scope, ImapCursor.Read(cursor), ct).GetAsyncEnumerator(ct);
        while (await MoveNextAsync(stretches))
        {
            yield return stretches.Current;
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<RemoteStretch> stretches)
    {
        try
        {
            return await stretches.MoveNextAsync();
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault && !ReferenceEquals(fault, e))
        {
            throw fault;
        }
    }

    private async IAsyncEnumerable<RemoteStretch> ReadStretchesAsync(string path, ImapCursor? cursor, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var lease = await connections.RentAsync(ct);
        var client = lease.Client;
        var allMail = await AllMailAtAsync(client, path, ct);
        var selected = await client.SelectAsync(path, new SelectOptions { ReadOnly = true }, ct);
        var total = (int)selected.Exists;
        var standing = StandingOf(cursor, selected);
        if (cursor is null || standing == CursorStanding.Renumbered)
        {
            yield return new RemoteStretch(standing, total, FromUid: 1, ToUid: 0, []);
            yield break;
        }

        var present = await client.SearchAsync(SearchQuery.All, ct);
        var expected = Horizon() is { } horizon ? await client.SearchAsync(BackfillQuery(horizon), ct) : present;
        var from = cursor.Backfill;
        foreach (var to in Borders(present, from))
        {
            var messages = new SortedDictionary<uint, HeldMessage>();
            await foreach (var message in client.FetchAsync(UidSet.Range(from, to), new FetchRequest { Flags = true, GmailIds = allMail is not null }, ct))
            {
                // QUIRK: "n:*" names the last message even when it is below n (RFC 3501 §6.4.8).
                if (message.Uid is not { } uid || uid < from || uid > to || (allMail is not null && message.GmailLabels is null))
                {
                    continue;
                }

                if (allMail is not null && allMail.IsElsewhere(message.GmailLabels!))
                {
                    total--;
                }
                else
                {
                    messages[uid] = new HeldMessage(
                        new KnownMessage(RemoteId(uid), ImapFlags.Read(message.Flags ?? []), ImapFlags.Keywords(message.Flags ?? [])),
                        uid >= cursor.Baseline || expected.Contains(uid),
                        message.Flags is not null);
                }
            }

            yield return new RemoteStretch(standing, total, from, to, [.. messages.Values]);
            from = to == uint.MaxValue ? to : to + 1;
        }
    }

    private static CursorStanding StandingOf(ImapCursor? cursor, SelectedMailbox selected) => cursor switch
    {
        null => CursorStanding.FirstPass,
        _ when cursor.UidValidity != (selected.UidValidity ?? 0) || selected.UidNext < cursor.UidNext => CursorStanding.Renumbered,
        { IsBackfilled: false } => CursorStanding.FirstPass,
        _ => CursorStanding.Complete,
    };

    /// <summary>The last UID of each stretch; the last one is open, for what arrives meanwhile.</summary>
    private static IReadOnlyList<uint> Borders(UidSet present, uint from)
    {
        var wanted = from > 1 ? present.Except(UidSet.Range(1, from - 1)) : present;
        return [.. wanted.Split(int.MaxValue, StretchSize).Select(stretch => stretch.Last).SkipLast(1), uint.MaxValue];
    }
}
