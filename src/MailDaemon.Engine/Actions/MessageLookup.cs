using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>How a caller names a message: by key alone, or by account, id and (IMAP) folder.</summary>
/// <param name="Id">A key (<c>m_…</c>), <c>imap:&lt;uid&gt;</c>, a bare UID, or the provider's id.</param>
/// <param name="Email">Not needed with a key.</param>
/// <param name="Folder">Role or path; for IMAP the default is INBOX, unless another folder has a message of this UID, too.</param>
public sealed record MessageAddress(ProviderKind? Provider, string Id, string? Email = null, string? Folder = null);

/// <summary>A message found in the cache, with the account it belongs to.</summary>
public sealed record FoundMessage(Account Account, MailCache Cache, StoredMessage Message)
{
    /// <summary>What the server calls it.</summary>
    public RemoteRef Remote => new(Message.ServerFolder, Message.RemoteId, Message.InternetMessageId, Cache.Cursor(Message.Scope)) { NativeLabels = Message.NativeLabels };

    public MessageItem Item => Cache.Find(Message.Key) ?? throw MessageLookup.NotFound(Message.Key);

    /// <summary>As it is by now: a pass may have seen it elsewhere since it was looked up.</summary>
    /// <exception cref="MailException">It has gone.</exception>
    public FoundMessage Anew() => this with { Message = Cache.Locate(Message.Key) ?? throw MessageLookup.NotFound(Message.Key) };
}

/// <summary>Finds accounts and messages by what callers call them.</summary>
public sealed class MessageLookup(AccountStore accounts, MailCaches caches)
{
    private const string KeyPrefix = "m_";
    private const string DefaultFolder = "INBOX";

    /// <summary>The account of a route under its provider.</summary>
    /// <exception cref="MailException">There is none: not authorized.</exception>
    public Account Account(ProviderKind provider, string email) =>
        accounts.Find(new AccountKey(provider, email)) ?? throw MailException.NotAuthorized(provider);

    public static bool IsKey(string id) => id.StartsWith(KeyPrefix, StringComparison.Ordinal);

    public MailCache Cache(Account account) => caches.Open(account.Key);

    /// <summary>The path of an account's folder for sent mail; null when there is none, or the account has gone.</summary>
    public string? SentFolder(AccountKey account) => accounts.Find(account) is { } found ? Cache(found).FolderOf(FolderRole.Sent)?.Path : null;

    /// <exception cref="MailException">No such account or message, or email is missing where it is needed.</exception>
    public FoundMessage Message(MessageAddress address)
    {
        if (IsKey(address.Id))
        {
            return ByKey(address);
        }

        if (address.Provider is not { } provider)
        {
            throw MailException.InvalidInput("invalid_parameter", "Here a message is named by its key, which begins with m_.");
        }

        if (address.Email is null)
        {
            throw MailException.InvalidInput("missing_parameter", "Missing email parameter");
        }

        var account = Account(provider, address.Email);
        var cache = caches.Open(account.Key);
        var key = KeyOf(cache, address, MessageIds.Read(provider, address.Id));
        return new FoundMessage(account, cache, cache.Locate(key) ?? throw NotFound(address.Id));
    }

    public static MailException NotFound(string id) =>
        MailException.NotFound("message_not_found", $"There is no message {id} in the cache. POST /api/{{provider}}/messages/fetch reads it from the server if it exists there.");

    private static string KeyOf(MailCache cache, MessageAddress address, string remoteId) => (address.Provider, address.Folder) switch
    {
        (not ProviderKind.Imap, _) => (cache.Find(null, remoteId) ?? cache.FindFormer(remoteId))?.Key ?? throw NotFound(address.Id),
        (_, { } folder) => InFolder(cache, folder, address.Id, remoteId),
        _ => InDefaultFolder(address.Id, cache.FolderNamed(DefaultFolder).Path, cache.KeysNamed(remoteId)),
    };

    /// <summary>The word of a role may name several folders.</summary>
    private static string InFolder(MailCache cache, string folder, string id, string remoteId)
    {
        _ = cache.FolderNamed(folder);
        var paths = cache.FoldersNamed(folder).Select(one => one.Path).ToHashSet(StringComparer.Ordinal);
        var found = cache.KeysNamed(remoteId).Where(one => paths.Contains(one.FolderPath)).ToList();
        return found switch
        {
            [] => throw NotFound(id),
            [var only] => only.Key,
            _ => throw Ambiguous(id, string.Join(", ", found.Select(one => one.FolderPath))),
        };
    }

    /// <summary>
    /// A UID that comes without its folder: the message in INBOX, when no other can be meant. One that is elsewhere only is not taken
    /// either: it may be that of a message which has just left INBOX.
    /// </summary>
    private static string InDefaultFolder(string id, string inbox, IReadOnlyList<(string Key, string FolderPath)> named)
    {
        if (named.Count == 0)
            throw NotFound(id);
        var folders = string.Join(", ", named.Select(one => one.FolderPath));
        if (named.Count > 1)
            throw Ambiguous(id, folders);

        return named[0].FolderPath == inbox ? named[0].Key : throw MailException.NotFound(
            "message_not_found", $"There is no message {id} in {inbox}, where ids without a folder are looked for. There is one in {folders}: give the folder, or the message's key.");
    }

    private static MailException Ambiguous(string id, string folders) =>
        new(MailFault.Conflict, "ambiguous_id", $"{id} names a message in each of these folders: {folders}. Give the folder, or the message's key.")
        {
            Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["folder"] = $"is one of {folders}" },
        };

    private FoundMessage ByKey(MessageAddress address)
    {
        foreach (var account in accounts.All())
        {
            if ((address.Provider is { } provider && provider != account.Key.Provider)
                || (address.Email is { } email && new AccountKey(account.Key.Provider, email) != account.Key))
            {
                continue;
            }

            var cache = caches.Open(account.Key);
            if (cache.Locate(address.Id) is { } message)
            {
                return new FoundMessage(account, cache, message);
            }
        }

        throw NotFound(address.Id);
    }
}
