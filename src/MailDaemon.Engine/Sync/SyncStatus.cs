using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Sync;

/// <summary>What an account's sync is doing.</summary>
public enum SyncState
{
    Idle,
    Syncing,
    Error,

    /// <summary>The stored password or token is no longer accepted; only the user can mend it.</summary>
    AuthRequired,
}

public static class SyncStates
{
    public static string Name(this SyncState state) => state switch
    {
        SyncState.Idle => "idle",
        SyncState.Syncing => "syncing",
        SyncState.AuthRequired => "auth_required",
        _ => "error",
    };
}

/// <summary>The state of an account's sync at one moment.</summary>
public sealed record SyncStatus
{
    public SyncState State { get; init; }

    public DateTimeOffset? LastSyncTime { get; init; }

    /// <summary>Why the last pass failed, in words for people; null when it did not.</summary>
    public MailException? LastError { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>The account is left alone until then after failures.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How far a long pass is; null when none runs.</summary>
    public SyncProgress? Progress { get; init; }
}
