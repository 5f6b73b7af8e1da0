using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>A folder with what the cache knows of it.</summary>
/// <param name="Total">Cached messages.</param>
/// <param name="Unread">Of these, those not read.</param>
/// <param name="LastPass">When the folder was last read to its end; null before the first time.</param>
/// <param name="Error">Why the last try failed; null when it did not.</param>
public sealed record CachedFolder(Folder Folder, int Total, int Unread, DateTimeOffset? LastPass, string? Error)
{
    /// <summary>Mail in it that arrived since then is new, though it be there when the folder is first read; null when all of that is old.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Until then a poll leaves the folder alone after it failed.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    internal long Id { get; init; }
}

/// <summary>Why a folder could not be read, and until when it is left alone.</summary>
public sealed record FolderFailure(string Error, DateTimeOffset NotBefore);
