using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>A folder with what the cache knows of it.</summary>
/// <param name="Total">Cached messages.</param>
/// <param name="Unread">Of these, those not read.</param>
/// <param name="LastPass">When the folder was last read to its end; null before the first time.</param>
/// <param name="Error">Why the last try failed; null when it did not.</param>
public sealed record CachedFolder(Folder Folder, int Total, int Unread, DateTimeOffset? LastPass, string? Error)
{
    internal long Id { get; init; }
}
