using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Sync;

/// <summary>A folder whose sync is not all well.</summary>
public sealed record FolderTrouble(
    [property: Description("The server's own name; empty for messages of Gmail, which are in no folder before they are read"), Example("INBOX")] string Path,
    [property: Description("Why the folder could not be read at the last try; null when it was")] string? Error,
    [property: Description("Until then polls leave the folder alone; null when they do not")] DateTimeOffset? NextAttempt,
    [property: Description("How many of its messages the server refuses to give")] int RefusedTotal,
    [property: Description("Of these the first 100")] IReadOnlyList<RefusedMessageView> Refused)
{
    private const int MaxRefused = 100;

    internal static IReadOnlyList<FolderTrouble> Of(MailCache cache)
    {
        var refused = cache.Refused().ToLookup(row => row.Folder, StringComparer.Ordinal);
        var folders = cache.Folders();
        return
        [
            // Which folder a message is in that was never read, Gmail does not say.
            .. refused.Select(group => group.Key).Except(folders.Select(folder => folder.Folder.Path), StringComparer.Ordinal).Select(path => Of(path, null, null, [.. refused[path]])),
            .. folders
                .Where(folder => folder.Error is not null || refused.Contains(folder.Folder.Path))
                .Select(folder => Of(folder.Folder.Path, folder.Error, folder.Error is null ? null : folder.NotBefore, [.. refused[folder.Folder.Path]])),
        ];
    }

    private static FolderTrouble Of(string path, string? error, DateTimeOffset? nextAttempt, IReadOnlyList<RefusedRow> refused)
    {
        var shown = refused.Take(MaxRefused).Select(row => new RefusedMessageView(row.Id, row.Code, row.Reason, row.Attempts, row.Since, row.NextAttempt));
        return new FolderTrouble(path, error, nextAttempt, refused.Count, [.. shown]);
    }
}

/// <summary>A message that the server has and refuses to give; it is tried again by itself.</summary>
public sealed record RefusedMessageView(
    [property: Description("The server's id; for IMAP the UID"), Example("4711")] string Id,
    [property: Description("A stable word for programs"), Example("server_refused")] string Code,
    [property: Description("What the server said")] string Reason,
    [property: Description("Times that it was asked for in vain")] int Attempts,
    DateTimeOffset Since,
    [property: Description("When a poll asks for it again; POST /api/sync does at once")] DateTimeOffset NextAttempt);
