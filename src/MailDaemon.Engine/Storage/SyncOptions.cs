using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Sync</c>: the defaults of accounts that do not say otherwise.</summary>
public sealed class SyncOptions
{
    /// <summary>Seconds between two passes over an account, 5 or more; 0 stops polling and push.</summary>
    [Range(0, 86_400), DeniedValues(1, 2, 3, 4, ErrorMessage = "must be 0 (off) or 5 to 86400")]
    public int IntervalSeconds { get; init; } = 30;

    /// <summary>Whether IMAP servers push new mail by IDLE (RFC 2177).</summary>
    public bool Idle { get; init; } = true;

    /// <summary>How many days back mail is fetched; 0 is all of it.</summary>
    [Range(0, 36_500)]
    public int Days { get; init; }
}
