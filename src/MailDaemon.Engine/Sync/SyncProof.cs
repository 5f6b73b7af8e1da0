namespace MailDaemon.Engine.Sync;

/// <summary>Whether an account's cache says what its server says.</summary>
public sealed record SyncProof
{
    public required string Provider { get; init; }

    public required string Email { get; init; }

    /// <summary>No difference was found and every folder could be read.</summary>
    public required bool Verified { get; init; }

    /// <summary>Every folder has been read to its end at least once; else only what was read so far is compared.</summary>
    public required bool IsComplete { get; init; }

    public required IReadOnlyList<FolderProof> Folders { get; init; }

    /// <summary>At most 1,000.</summary>
    public required IReadOnlyList<SyncDifference> Differences { get; init; }

    /// <summary>All differences, listed or not.</summary>
    public required int Total { get; init; }
}

/// <param name="Folder">The server's own name.</param>
/// <param name="Server">Messages on the server; null when the folder is not there or could not be read.</param>
/// <param name="Cached">Messages in the cache.</param>
/// <param name="IsComplete">Whether the first pass over it has come to its end.</param>
/// <param name="Differences">How many were found in it.</param>
/// <param name="Error">Why it could not be compared; null when it could.</param>
public sealed record FolderProof(string Folder, int? Server, int Cached, bool IsComplete, int Differences, string? Error);

/// <param name="Kind">
/// <c>missing_in_cache</c>, <c>refused</c> (the server has it and does not give it), <c>missing_on_server</c>, <c>flags</c>, <c>labels</c>, <c>folder</c> (it is shown in another); of a whole folder <c>count</c> (its counter against its messages),
/// <c>renumbered</c>, <c>folder_missing_in_cache</c> or <c>folder_missing_on_server</c>.
/// </param>
/// <param name="Id">The message's id as the API shows it; null when the difference is one of the folder.</param>
/// <param name="Uid">IMAP only.</param>
/// <param name="Cached">What the cache says; null when nothing.</param>
/// <param name="Server">What the server says; null when nothing.</param>
public sealed record SyncDifference(string Folder, string? Id, long? Uid, string Kind, string? Cached, string? Server);
