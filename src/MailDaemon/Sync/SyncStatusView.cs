using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sync;

/// <summary>The state of an account's sync as the API shows it.</summary>
public sealed record SyncStatusView
{
    public required string Provider { get; init; }

    public required string Email { get; init; }

    [Description("idle, syncing, error or auth_required"), Example("idle")]
    public required string Status { get; init; }

    [Description("When the last pass ended well; null before the first")]
    public required DateTimeOffset? LastSyncTime { get; init; }

    [Description("Why the last pass failed and what to do; null when it did not")]
    public required string? LastError { get; init; }

    [Description("A stable word for programs; null when the last pass did not fail")]
    public required string? ErrorCode { get; init; }

    [Description("When the timer starts the next pass; null when polling is off")]
    public required DateTimeOffset? NextPoll { get; init; }

    [Description("Messages done and to do while a long pass runs; null otherwise")]
    public required SyncProgress? Progress { get; init; }

    [Description("How many of the cached messages can be searched")]
    public required SearchProgress Index { get; init; }

    [Description("Folders that could not be read at the last try, or that hold messages which the server refuses to give; empty when all is well")]
    public required IReadOnlyList<FolderTrouble> Folders { get; init; }

    internal static SyncStatusView Of(Account account, SyncStatus status, DateTimeOffset? nextPoll, MailCache cache) => new()
    {
        Provider = account.Key.Provider.Name(),
        Email = account.Email,
        Status = status.State.Name(),
        LastSyncTime = status.LastSyncTime,
        LastError = status.LastError?.Message,
        ErrorCode = status.LastError?.Code,
        NextPoll = nextPoll,
        Progress = status.Progress,
        Index = cache.Indexed(),
        Folders = FolderTrouble.Of(cache),
    };
}
