using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Changing messages on the server.</summary>
internal sealed partial class ImapProvider
{
    /// <summary>Messages that are looked at for a Message-ID: what was put there just now is among the newest.</summary>
    private const int MaxCandidates = 20;

    public Task SetFlagsAsync(IReadOnlyList<RemoteRef> messages, MessageFlags add, MessageFlags remove, CancellationToken ct) =>
        StoreAsync(messages, ImapFlags.Write(add), ImapFlags.Write(remove), ct);

    public Task SetLabelsAsync(IReadOnlyList<RemoteRef> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct) =>
        StoreAsync(messages, add, remove, ct);

    public Task<RemoteLabel?> CreateLabelAsync(string name, string color, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            // What a mailbox takes is told only when it is opened for writing; the inbox speaks for all.
            var inbox = await client.SelectAsync("INBOX", new SelectOptions { ReadOnly = false }, token);
            await client.UnselectAsync(token);
            return inbox.PermanentFlags?.Contains("\\*", StringComparer.Ordinal) == true && ImapFlags.Keyword(name) is { } keyword ? new RemoteLabel(keyword, name) : null;
        },
        ct);

    public Task<IReadOnlyList<RemoteLabel>?> ReadLabelsAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<RemoteLabel>?>(null);

    /// <summary>A keyword is its name, and has no colour.</summary>
    public Task<RemoteLabel?> UpdateLabelAsync(string label, string? name, string? color, CancellationToken ct) => Task.FromResult<RemoteLabel?>(null);

    /// <summary>A keyword is there as long as a message has it.</summary>
    public Task<bool> DeleteLabelAsync(string label, CancellationToken ct) => Task.FromResult(false);

    public async Task<IReadOnlyList<MovedMessage>> MoveAsync(IReadOnlyList<RemoteRef> messages, string folderPath, CancellationToken ct)
    {
        var moved = new Dictionary<RemoteRef, MovedMessage>();
        foreach (var folder in messages.GroupBy(m => m.FolderPath, StringComparer.Ordinal))
        {
            var results = await connections.RunAsync((client, token) => MoveAsync(client, folder.Key, [.. folder], folderPath, token), ct);
            foreach (var result in results)
            {
                moved[result.Source] = result;
            }
        }

        return [.. messages.Select(m => moved[m])];
    }

    public async Task DeleteAsync(IReadOnlyList<RemoteRef> messages, CancellationToken ct)
    {
        foreach (var folder in messages.GroupBy(m => m.FolderPath, StringComparer.Ordinal))
        {
            await connections.RunAsync(
                async (client, token) =>
                {
                    await OpenAsync(client, folder.Key, folder.First().Cursor, isReadOnly: false, token);
                    await client.StoreAsync(Uids(folder), FlagAction.Add, ["\\Deleted"], unchangedSince: null, token);
                    await client.ExpungeAsync(Uids(folder), token);
                },
                ct);
        }
    }

    private async Task StoreAsync(IReadOnlyList<RemoteRef> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct)
    {
        foreach (var folder in messages.GroupBy(m => m.FolderPath, StringComparer.Ordinal))
        {
            await connections.RunAsync(
                async (client, token) =>
                {
                    await OpenAsync(client, folder.Key, folder.First().Cursor, isReadOnly: false, token);
                    await StoreAsync(client, Uids(folder), FlagAction.Add, add, token);
                    await StoreAsync(client, Uids(folder), FlagAction.Remove, remove, token);
                },
                ct);
        }
    }

    private static async Task StoreAsync(ImapClient client, UidSet uids, FlagAction action, IReadOnlyList<string> flags, CancellationToken ct)
    {
        if (flags.Count > 0)
        {
            await client.StoreAsync(uids, action, flags, unchangedSince: null, ct);
        }
    }

    private static async Task<IReadOnlyList<MovedMessage>> MoveAsync(
        ImapClient client, string source, IReadOnlyList<RemoteRef> messages, string target, CancellationToken ct)
    {
        await OpenAsync(client, source, messages[0].Cursor, isReadOnly: false, ct);
        var present = await client.SearchAsync(SearchQuery.Uids(Uids(messages)), ct);
        var there = messages.Where(m => present.Contains(Uid(m.RemoteId))).ToList();
        if (there.Count == 0)
        {
            return [.. messages.Select(m => Missing(m, target))];
        }

        var copied = await client.MoveAsync(Uids(there), target, ct);
        var uids = (copied?.Pairs ?? []).ToDictionary(p => p.Source, p => (uint?)p.Destination);
        var moved = new List<MovedMessage>(messages.Count);
        foreach (var message in messages)
        {
            if (!present.Contains(Uid(message.RemoteId)))
            {
                moved.Add(Missing(message, target));
                continue;
            }

            var uid = uids.TryGetValue(Uid(message.RemoteId), out var told) ? told : await FindByMessageIdAsync(client, target, message.InternetMessageId, ct);
            moved.Add(new MovedMessage(message, target, uid is { } found ? RemoteId(found) : null, uid));
        }

        return moved;
    }

    /// <summary>Opens a folder in which messages are named by UID.</summary>
    /// <param name="cursor">Under which UIDVALIDITY they were (RFC 9051 §2.3.1.1); null when nothing was read yet.</param>
    private static async Task OpenAsync(ImapClient client, string folder, string? cursor, bool isReadOnly, CancellationToken ct)
    {
        RequireNumbers(await client.SelectAsync(folder, new SelectOptions { ReadOnly = isReadOnly }, ct), folder, cursor);
    }

    private static void RequireNumbers(SelectedMailbox selected, string folder, string? cursor)
    {
        if (ImapCursor.Read(cursor) is { } read && read.UidValidity != (selected.UidValidity ?? 0))
        {
            throw MailException.Conflict(
                "folder_renumbered",
                $"The server numbers the messages of {folder} anew since it was last read, and nothing was done. POST /api/sync, then try again; keys stay.");
        }
    }

    private static MovedMessage Missing(RemoteRef message, string target) => new(message, target, null, IsMissing: true);

    /// <summary>The newest message of that Message-ID in the folder; null when there is none.</summary>
    private static async Task<uint?> FindByMessageIdAsync(ImapClient client, string folder, string? messageId, CancellationToken ct) =>
        messageId is not null && await FindAllAsync(client, folder, messageId, ct) is [var newest, ..] ? newest : null;

    /// <summary>
    /// The messages of that Message-ID among the newest of the folder, the newest first. QUIRK: QQ and others ignore SEARCH criteria and name
    /// everything: what they name is looked at.
    /// </summary>
    private static async Task<IReadOnlyList<uint>> FindAllAsync(ImapClient client, string folder, string messageId, CancellationToken ct)
    {
        await client.SelectAsync(folder, new SelectOptions { ReadOnly = true }, ct);
        var named = await client.SearchAsync(SearchQuery.Header("Message-ID", messageId), ct);
        var newest = named.OrderDescending().Take(MaxCandidates).ToList();
        var found = new List<uint>();
        await foreach (var message in client.FetchAsync(UidSet.Of(newest), new FetchRequest { Sections = ["HEADER.FIELDS (MESSAGE-ID)"] }, ct))
        {
            if (message is { Uid: { } uid, Sections: { Count: > 0 } sections } && MimeParser.ParseHeaders(sections.Values.First()).MessageId == messageId)
            {
                found.Add(uid);
            }
        }

        return [.. found.Distinct().OrderDescending()];
    }
}
