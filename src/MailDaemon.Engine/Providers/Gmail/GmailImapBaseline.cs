using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Reads the messages of the first pass over IMAP, past the quota of the API: its message id there is a number (X-GM-MSGID), its labels
/// are names (X-GM-LABELS). The newest few, and what IMAP does not show or does not give, are read over the API. Belongs to one pass.
/// </summary>
internal sealed class GmailImapBaseline(GmailImap imap, GmailBodies bodies, GmailLabelList labels) : IGmailBaseline, IAsyncDisposable
{
    private readonly Dictionary<ulong, (string Folder, uint Uid)> places = [];
    private readonly Dictionary<string, string> labelOfFolder = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> labelIds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["\\Inbox"] = GmailLabelIds.Inbox,
        ["\\Sent"] = GmailLabelIds.Sent,
        ["\\Draft"] = GmailLabelIds.Draft,
        ["\\Drafts"] = GmailLabelIds.Draft,
        ["\\Starred"] = GmailLabelIds.Starred,
        ["\\Important"] = "IMPORTANT",
    };

    private ImapClient? client;
    private bool hasBegun;
    private bool isOff;

    public async IAsyncEnumerable<GmailRead> ReadAsync(IReadOnlyList<string> ids, int atOnce, Func<DateTimeOffset, bool> isBaseline, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!hasBegun && ids.Count > 0)
        {
            // The newest are what people wait for, and what IMAP has is learnt first: these come over the API.
            hasBegun = true;
            yield return await bodies.ReadAsync(GmailLane.Pass, [.. ids.Take(atOnce)], isBaseline, ct);
            ids = [.. ids.Skip(atOnce)];
        }

        var left = new HashSet<string>(ids, StringComparer.Ordinal);
        if (!isOff && ids.Count > 0 && await OpenedAsync(ct))
        {
            await using var pages = ReadOverImapAsync(ids, isBaseline, ct).GetAsyncEnumerator(ct);
            while (await NextAsync(pages))
            {
                left.ExceptWith(pages.Current.Messages.Select(m => m.RemoteId));
                yield return pages.Current;
            }
        }

        foreach (var some in ids.Where(left.Contains).Chunk(atOnce))
            yield return await bodies.ReadAsync(GmailLane.Pass, some, isBaseline, ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
            await client.DisposeAsync();
    }

    /// <summary>Opens the connection and learns which message is where. A mailbox that does not let us in over IMAP is read over the API.</summary>
    private async Task<bool> OpenedAsync(CancellationToken ct)
    {
        if (client is not null)
            return true;
        try
        {
            client = await imap.OpenAsync(ct);
            if (!client.Capabilities.Has("X-GM-EXT-1"))
                return Off();
            foreach (var label in await labels.AllAsync(GmailLane.Pass, ct))
                labelIds.TryAdd(label.Name ?? "", label.Id ?? "");
            foreach (var folder in await client.ListAsync(new ListRequest(), ct))
            {
                if (folder.SpecialUse is SpecialUse.All or SpecialUse.Junk or SpecialUse.Trash)
                    await LearnAsync(client, folder, ct);
            }

            return true;
        }
        catch (Exception e) when (ImapFaults.Translate(e, imap.Account) is not null)
        {
            return Off();
        }
    }

    private async Task LearnAsync(ImapClient open, MailboxListing folder, CancellationToken ct)
    {
        labelOfFolder[folder.Name] = folder.SpecialUse switch
        {
            SpecialUse.Junk => GmailLabelIds.Spam,
            SpecialUse.Trash => GmailLabelIds.Trash,
            _ => "",
        };
        await open.SelectAsync(folder.Name, new SelectOptions { ReadOnly = true }, ct);
        await foreach (var message in open.FetchAsync(UidSet.Range(1, uint.MaxValue), new FetchRequest { GmailIds = true }, ct))
        {
            if (message is { Uid: { } uid, GmailMessageId: { } id })
                places[id] = (folder.Name, uid);
        }
    }

    private async IAsyncEnumerable<GmailRead> ReadOverImapAsync(IReadOnlyList<string> ids, Func<DateTimeOffset, bool> isBaseline, [EnumeratorCancellation] CancellationToken ct)
    {
        var there = ids.Where(id => places.ContainsKey(GmailMessages.Number(id))).Select(id => places[GmailMessages.Number(id)]).ToList();
        foreach (var folder in there.GroupBy(place => place.Folder, StringComparer.Ordinal))
        {
            if (client!.Selected?.Name != folder.Key)
                await client.SelectAsync(folder.Key, new SelectOptions { ReadOnly = true }, ct);
            var uids = folder.Select(place => place.Uid).ToList();
            var told = new Dictionary<uint, FetchedMessage>();
            await foreach (var message in client.FetchAsync(UidSet.Of(uids), new FetchRequest { GmailIds = true, Flags = true }, ct))
            {
                if (message is { Uid: { } uid, GmailMessageId: not null, GmailLabels: not null, Flags: not null })
                    told[uid] = message;
            }

            var reader = new ImapMessageReader(ImapFolderSession.Over(imap.Account, client, folder.Key), (_, received) => isBaseline(received));
            await foreach (var page in reader.ReadAsync([.. uids.Where(told.ContainsKey)], ct))
                yield return new GmailRead([.. page.Messages.Select(m => Of(m, told[(uint)m.Uid!.Value], labelOfFolder[folder.Key]))], []);
        }
    }

    private RemoteMessage Of(RemoteMessage read, FetchedMessage told, string place)
    {
        var ids = told.GmailLabels!.Select(name => labelIds.GetValueOrDefault(name)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (place.Length > 0)
            ids.Add(place);
        if (!told.Flags!.Contains("\\Seen", StringComparer.OrdinalIgnoreCase))
            ids.Add(GmailLabelIds.Unread);
        if (told.Flags!.Contains("\\Flagged", StringComparer.OrdinalIgnoreCase))
            ids.Add(GmailLabelIds.Starred);
        return GmailMessages.Of(read, GmailMessages.Id(told.GmailMessageId!.Value), told.GmailThreadId is { } thread ? GmailMessages.Id(thread) : null, ids);
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<GmailRead> pages)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (Exception e) when (ImapFaults.Translate(e, imap.Account) is not null)
        {
            return Off();
        }
    }

    private bool Off()
    {
        isOff = true;
        return false;
    }
}
