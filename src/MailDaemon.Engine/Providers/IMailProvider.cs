using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers;

/// <summary>
/// One account on its server. Reads and writes the server; knows no cache, rule or route. Ids are strings and cursors opaque,
/// so that IMAP (a cursor a folder, UIDs), Graph (a delta link a folder, immutable ids) and Gmail (one history id for all) fit alike.
/// Safe for several callers at once. Failures are <see cref="MailException"/>.
/// </summary>
public interface IMailProvider : IAsyncDisposable
{
    /// <summary>Whether the server files a copy of sent mail by itself.</summary>
    bool FilesSentMail { get; }

    /// <summary>The scope that a folder's messages belong to (see <see cref="Delta"/>).</summary>
    string ScopeOf(string folderPath);

    /// <summary>All folders, and for each scope a token that changes whenever its content does. One round trip where the server can.</summary>
    Task<ServerState> ReadStateAsync(CancellationToken ct);

    /// <summary>Whether nothing has changed in a scope since the cursor, judged by its token and by how much the cache holds.</summary>
    /// <param name="held">Messages that the cache has of the scope.</param>
    /// <param name="isCertain">False lets a server that cannot tell every change be believed for some minutes.</param>
    bool IsCurrent(string cursor, ScopeState scope, int held, bool isCertain);

    /// <summary>
    /// What changed in these scopes since their cursors (null: everything, newest first), page by page. The consumer applies a page
    /// and its cursor before it asks for the next. A scope that fails yields a page with <see cref="Delta.Failure"/>, and the others go on.
    /// </summary>
    IAsyncEnumerable<Delta> ReadChangesAsync(IReadOnlyList<ScopeRequest> scopes, CancellationToken ct);

    /// <summary>Reads messages from the server now, whatever the cursors say.</summary>
    Task<RemotePage> ReadPageAsync(RemotePageRequest request, CancellationToken ct);

    /// <summary>
    /// Asks the server which messages match, folder by folder. Servers understand words in ways of their own, and days by their own clock:
    /// what they name is to be looked at again by whatever can be judged here.
    /// </summary>
    /// <exception cref="MailException">The account as a whole cannot be asked; a folder that fails says so in its part.</exception>
    IAsyncEnumerable<RemoteMatches> SearchAsync(RemoteSearchRequest request, CancellationToken ct);

    /// <summary>Reads these messages of a scope; those that are gone, or that the server refuses to give, are left out.</summary>
    /// <exception cref="MailException">The server refuses all of them.</exception>
    /// <param name="cursor">Where the last pass over the scope ended; null before the first.</param>
    Task<IReadOnlyList<RemoteMessage>> ReadMessagesAsync(string scope, IReadOnlyList<string> remoteIds, string? cursor, CancellationToken ct);

    /// <summary>All fields of a message's header in their order.</summary>
    /// <exception cref="MailException">NotFound <c>message_gone</c>.</exception>
    Task<IReadOnlyList<HeaderLine>> ReadHeaderAsync(RemoteRef message, CancellationToken ct);

    /// <summary>
    /// What the server has of a scope at this moment, to hold a cache against: ids, flags and labels, stretch by stretch by ascending UID,
    /// so that memory does not grow with the folder. Together the stretches cover what the cursor answers for; at least one is returned.
    /// </summary>
    /// <param name="cursor">Where the last pass ended; null before the first.</param>
    IAsyncEnumerable<RemoteStretch> ReadHoldingsAsync(string scope, string? cursor, CancellationToken ct);

    /// <summary>Returns when the server reports a change; the provider may also return early.</summary>
    /// <param name="folders">The folders to listen to, as far as the server allows, those that matter most first.</param>
    /// <returns>The scopes that changed, none when it may be any; null when this server cannot push, so that only polling is left.</returns>
    Task<IReadOnlyCollection<string>?> WaitForChangeAsync(IReadOnlyList<string> folders, CancellationToken ct);

    Task SetFlagsAsync(IReadOnlyList<RemoteRef> messages, MessageFlags add, MessageFlags remove, CancellationToken ct);

    /// <summary>Adds and removes native labels: keywords of IMAP, labels of Gmail, categories of Outlook.</summary>
    Task SetLabelsAsync(IReadOnlyList<RemoteRef> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct);

    /// <summary>The labels that people have made on the server; null where it does not list them.</summary>
    Task<IReadOnlyList<RemoteLabel>?> ReadLabelsAsync(CancellationToken ct);

    /// <summary>Makes a label on the server, where it has labels of its own.</summary>
    /// <param name="color">A word, <c>#rrggbb</c> or the server's own word (<see cref="RemoteLabel.NativeColor"/>); the server may know only some, and takes the nearest.</param>
    /// <returns>Null when it takes none, so that only the daemon can know it.</returns>
    Task<RemoteLabel?> CreateLabelAsync(string name, string color, CancellationToken ct);

    /// <summary>Gives a label another name or colour on the server.</summary>
    /// <param name="label">What the server calls it in messages.</param>
    /// <param name="name">Null: as it is; so the colour, which is as for <see cref="CreateLabelAsync"/>.</param>
    /// <returns>The label as it is then, under another <see cref="RemoteLabel.Native"/> if need be. Null when it cannot be changed there, so that only the daemon shows it otherwise.</returns>
    Task<RemoteLabel?> UpdateLabelAsync(string label, string? name, string? color, CancellationToken ct);

    /// <summary>Deletes a label on the server.</summary>
    /// <returns>True where that takes it from all messages; false where they keep it, and it has to be taken from each of them.</returns>
    Task<bool> DeleteLabelAsync(string label, CancellationToken ct);

    /// <summary>Moves to another folder. The result has one entry a message, in order.</summary>
    Task<IReadOnlyList<MovedMessage>> MoveAsync(IReadOnlyList<RemoteRef> messages, string folderPath, CancellationToken ct);

    /// <summary>Deletes for good.</summary>
    Task DeleteAsync(IReadOnlyList<RemoteRef> messages, CancellationToken ct);

    /// <summary>Makes a folder.</summary>
    /// <param name="parent">The path of the one it goes into; null for the top.</param>
    /// <param name="name">Its own name, one level.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="MailException">Conflict <c>folder_exists</c>; InvalidInput <c>invalid_folder_name</c>.</exception>
    Task<string> CreateFolderAsync(string? parent, string name, CancellationToken ct);

    /// <summary>Gives a folder another name in the same place; folders in it go along.</summary>
    /// <returns>The new path of each folder whose path is another now, by its old one; that of the folder itself always.</returns>
    /// <exception cref="MailException">Conflict <c>folder_exists</c>; InvalidInput <c>invalid_folder_name</c>; NotFound.</exception>
    Task<IReadOnlyDictionary<string, string>> RenameFolderAsync(string path, string name, CancellationToken ct);

    /// <summary>Deletes a folder; with <paramref name="force"/> together with the messages and folders in it.</summary>
    /// <exception cref="MailException">Conflict <c>folder_not_empty</c>; NotFound.</exception>
    Task DeleteFolderAsync(string path, bool force, CancellationToken ct);

    /// <summary>Copies a message as the server has it, byte for byte. Memory stays constant.</summary>
    /// <exception cref="MailException">NotFound <c>message_gone</c>.</exception>
    Task CopyMessageAsync(RemoteRef message, Stream destination, CancellationToken ct);

    /// <summary>Copies the decoded bytes of an attachment. Memory stays constant.</summary>
    Task CopyAttachmentAsync(RemoteRef message, string attachmentId, Stream destination, CancellationToken ct);

    /// <summary>Hands a mail over. Returns when the server has taken responsibility for it.</summary>
    /// <param name="handOver">
    /// Awaited when the server has everything but the last word: until it has returned the server has not accepted the mail, and from then on
    /// only the server's answer can say that it did not.
    /// </param>
    /// <exception cref="MailException"><c>send_uncertain</c> when that answer did not come.</exception>
    Task<SendReceipt> SendAsync(WrittenMail mail, Func<CancellationToken, Task> handOver, CancellationToken ct);

    /// <summary>Puts a mail into a folder, Bcc included.</summary>
    /// <returns>Its id there; null when the server does not tell.</returns>
    Task<string?> AppendAsync(WrittenMail mail, string folderPath, MessageFlags flags, CancellationToken ct);

    /// <summary>The id of the newest message with this Message-ID in a folder; null when there is none.</summary>
    Task<string?> FindAsync(string folderPath, string messageId, CancellationToken ct);

    /// <summary>How many messages with this Message-ID are among the newest of a folder.</summary>
    Task<int> CountAsync(string folderPath, string messageId, CancellationToken ct);
}

/// <summary>Folders and scopes of a server at one moment.</summary>
/// <param name="IsComplete">False when a part of the list could not be read: then nothing may be deleted because it is not in it.</param>
public sealed record ServerState(IReadOnlyList<Folder> Folders, IReadOnlyList<ScopeState> Scopes, bool IsComplete = true)
{
    /// <summary>The labels that people have made; null where the server does not list them, or they were not asked for now.</summary>
    public IReadOnlyList<RemoteLabel>? Labels { get; init; }
}

/// <param name="Native">What the server calls it in messages.</param>
/// <param name="Color">One of our words or <c>#rrggbb</c>; null when the server has no colours, or this label none.</param>
public sealed record RemoteLabel(string Native, string Name, string? Color = null, bool IsVisible = true)
{
    /// <summary>What the server calls it in its own list where messages call it otherwise (the id of an Outlook category); null where they do not.</summary>
    public string? Id { get; init; }

    /// <summary>The colour in the server's own word (<c>preset7</c>, <c>none</c>); null where it has none.</summary>
    public string? NativeColor { get; init; }

    /// <summary>
    /// Messages that were given the label again: the server cannot rename one, so that another was made and the old one deleted. Null when that was not needed.
    /// </summary>
    public int? Retagged { get; init; }
}

/// <param name="Scope">What carries a cursor: a folder's path, or <c>""</c> for the whole account.</param>
/// <param name="Token">Changes whenever the scope's content does; null when the server cannot say.</param>
public sealed record ScopeState(string Scope, string? Token);

/// <param name="Cursor">Where the last pass ended; null for the first.</param>
/// <param name="Since">Mail that arrived since is new, though it be there at the first contact; null when all of that is old.</param>
/// <param name="LastRead">When the scope was last read to its end: after a reset, mail that came since and is not known is new. Null before the first time.</param>
/// <param name="Held">Messages that the cache has of the scope, those that the server refuses included.</param>
/// <param name="Known">What the cache has of the scope. Asked for only where the server cannot say what changed, or what of it was read before.</param>
public sealed record ScopeRequest(ScopeState State, string? Cursor, DateTimeOffset? Since, DateTimeOffset? LastRead, int Held, KnownMessages Known)
{
    /// <summary>Ids of messages that the server refused before: they are not read with the others.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    /// <summary>What the cache has of these messages of the scope, by id.</summary>
    public required Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, KnownMessage>> KnownByIds { get; init; }

    /// <summary>How many messages the cache shows in a folder, by its path.</summary>
    public required Func<string, int> HeldIn { get; init; }

    /// <summary>Paths of folders that the server no longer has, in which the cache still shows messages.</summary>
    public IReadOnlyList<string> LeftFolders { get; init; } = [];

    /// <summary>Of the refused those that are to be tried again now.</summary>
    public IReadOnlyList<string> Retried { get; init; } = [];
}

/// <summary>What the cache has of a scope from one UID to another, by UID, at most <paramref name="limit"/>.</summary>
public delegate IReadOnlyList<KnownMessage> KnownMessages(long fromUid, long toUid, int limit);

/// <param name="Folder">A folder's path; empty for all, which only a query can be (Gmail).</param>
/// <param name="Offset">Messages to skip from the newest (IMAP, Graph).</param>
/// <param name="PageToken">Where the page before ended (Gmail).</param>
/// <param name="Query">The provider's own search syntax (Gmail).</param>
/// <param name="Cursor">Where the last pass over the folder's scope ended, which tells old mail from new; null before the first.</param>
public sealed record RemotePageRequest(string Folder, int Limit, int Offset = 0, string? PageToken = null, string? Query = null, string? Cursor = null);

/// <param name="Scope">The scope the messages belong to.</param>
/// <param name="Total">Messages on the server; null when it does not say.</param>
public sealed record RemotePage(string Scope, IReadOnlyList<RemoteMessage> Messages, int? Total, string? NextPageToken = null)
{
    /// <summary>Of the page those that the server refuses to give.</summary>
    public IReadOnlyList<RefusedMessage> Refused { get; init; } = [];
}

/// <summary>What to ask a server for. All that is given must be so.</summary>
public sealed record RemoteSearchRequest
{
    /// <summary>Words and phrases that must be somewhere in the message.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public IReadOnlyList<string> Unwanted { get; init; } = [];

    /// <summary>Of the sender's name and address.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>Of the recipients' names and addresses, Cc and Bcc included.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    public IReadOnlyList<string> Subject { get; init; } = [];

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Before { get; init; }

    public bool? IsUnread { get; init; }

    public bool? IsStarred { get; init; }

    /// <summary>In the order in which they are asked.</summary>
    public required IReadOnlyList<SearchedFolder> Folders { get; init; }

    /// <summary>The newest matches of a folder that are named.</summary>
    public required int Limit { get; init; }
}

/// <param name="Cursor">Where the last pass over the folder's scope ended; null before the first.</param>
public sealed record SearchedFolder(string Path, string? Cursor);

/// <summary>What a server names of a scope.</summary>
/// <param name="RemoteIds">The newest first.</param>
/// <param name="Total">How many match.</param>
/// <param name="IsCertain">False: the server seems to have heard nothing of the words, and named all there is.</param>
/// <param name="Failure">Why the folder could not be searched; null when it was.</param>
public sealed record RemoteMatches(string Scope, IReadOnlyList<string> RemoteIds, int Total, bool IsCertain, MailException? Failure = null);

/// <summary>How far the cache can answer for a scope.</summary>
public enum CursorStanding
{
    /// <summary>All of it was read.</summary>
    Complete,

    /// <summary>The first pass has not come to its end, or not begun.</summary>
    FirstPass,

    /// <summary>The cursor speaks of ids that mean nothing any more: the server numbers its messages anew.</summary>
    Renumbered,
}

/// <summary>All that the server has of a scope between two UIDs.</summary>
/// <param name="Total">Messages of the whole scope on the server.</param>
/// <param name="FromUid">The first UID of the stretch; 0 where there are no UIDs.</param>
/// <param name="ToUid">The last one, included; below <paramref name="FromUid"/> when the cursor answers for nothing.</param>
public sealed record RemoteStretch(CursorStanding Standing, int Total, long FromUid, long ToUid, IReadOnlyList<HeldMessage> Messages);

/// <param name="IsExpected">False when it is older than what the account's settings want: the cache may have it or not.</param>
/// <param name="HasFlags">False when what the server said of flags and labels cannot be read.</param>
public readonly record struct HeldMessage(KnownMessage Message, bool IsExpected, bool HasFlags = true)
{
    /// <inheritdoc cref="RemoteMessage.ToldFlags"/>
    public MessageFlags ToldFlags { get; init; } = RemoteChange.AllFlags;
}

/// <summary>Which message on the server. The Message-ID finds it again where a server does not tell its new id.</summary>
/// <param name="Cursor">Where the last pass over its scope ended, which tells whether the id still means the same; null before the first.</param>
public sealed record RemoteRef(string FolderPath, string RemoteId, string? InternetMessageId, string? Cursor)
{
    /// <summary>Its labels as we know them.</summary>
    public IReadOnlyList<string> NativeLabels { get; init; } = [];
}

/// <param name="NewScope">The scope the message belongs to now.</param>
/// <param name="NewRemoteId">Null when the server did not say and a search by Message-ID found nothing.</param>
/// <param name="NewUid">IMAP only.</param>
/// <param name="IsMissing">The message was not there any more.</param>
public sealed record MovedMessage(RemoteRef Source, string NewScope, string? NewRemoteId, long? NewUid = null, bool IsMissing = false)
{
    /// <summary>The folder that shows it now; null: the one that was asked for.</summary>
    public string? NewFolder { get; init; }

    /// <summary>Its labels now; null: as they were.</summary>
    public IReadOnlyList<string>? NativeLabels { get; init; }
}

/// <param name="Refused">Addresses that the server refused, with its words; empty unless partial sending was allowed.</param>
/// <param name="Excess">Recipients beyond what the server takes at once; they do not have the mail.</param>
public sealed record SendReceipt(string ServerText, IReadOnlyDictionary<string, string> Refused, IReadOnlyList<string> Excess)
{
    /// <summary>The id of the copy that the server filed in Sent; null when it does not tell.</summary>
    public string? SentId { get; init; }
}
