using System.Globalization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>An account on an IMAP server for reading and an SMTP server for sending.</summary>
internal sealed partial class ImapProvider : IMailProvider
{
    /// <summary>How long a server without mod-sequences is believed that no flags changed when its counts did not.</summary>
    private static readonly TimeSpan CompareInterval = TimeSpan.FromMinutes(5);

    private readonly Account account;
    private readonly ImapConnector connector;
    private readonly TimeProvider time;
    private readonly ImapConnections connections;
    private readonly ImapListener listener;
    private volatile GmailAllMail? gmailAllMail;

    /// <summary>Folders that a new session lists and tells nothing of, too.</summary>
    private volatile IReadOnlyList<string> silentFolders = [];

    public ImapProvider(Account account, ImapConnector connector, TimeProvider time)
    {
        this.account = account;
        this.connector = connector;
        this.time = time;
        var names = new MailboxNames();
        connections = new ImapConnections(account, connector, names, time);
        listener = new ImapListener(account, connector, names, time);
    }

    /// <summary>Each folder has UIDs and a cursor of its own.</summary>
    public string ScopeOf(string folderPath) => folderPath;

    public bool FilesSentMail => account.Preset is { Quirks.FilesSentMail: true };

    public async Task<ServerState> ReadStateAsync(CancellationToken ct)
    {
        for (var doubts = 0; doubts < ImapConnections.Most; doubts++)
        {
            if (await connections.RunAsync((client, token) => ReadStateAsync(client, isBelieved: false, token), ct, listsFirst: true) is { } state)
                return state;
        }

        return (await connections.RunAsync((client, token) => ReadStateAsync(client, isBelieved: true, token), ct, listsFirst: true))!;
    }

    /// <returns>Null: the session lists folders of which it cannot say anything; it was ended, and a new one may know better.</returns>
    private async Task<ServerState?> ReadStateAsync(ImapClient client, bool isBelieved, CancellationToken token)
    {
        // STATUS of the open mailbox tells what this session knows, not what there is (RFC 3501 §6.3.10). QUIRK: and Dovecot 2.3 lists
        // folders as they were some seconds ago while one is open.
        await client.UnselectAsync(token);
        var all = await client.ListAsync(new ListRequest { Status = true }, token);
        var listings = all.Where(l => l.Defect is null).ToList();
        if (GmailAllMail.IsOffered(client))
        {
            gmailAllMail = GmailAllMail.Of(listings, account.Settings);
            listings.RemoveAll(GmailAllMail.IsView);
        }

        var folders = ImapFolders.Resolve(listings, account.Settings.FolderRoles);

        // QUIRK: a session of Dovecot 2.3 may list a deleted folder for as long as it lasts, but tells no status of it.
        var silent = client.Capabilities.Has("LIST-STATUS") ? folders.Where(f => f.IsSelectable).Select(f => f.Path).Except(listings.Where(l => l.Status is not null).Select(l => l.Name), StringComparer.Ordinal).ToList() : [];
        if (!isBelieved && silent.Except(silentFolders, StringComparer.Ordinal).Any())
        {
            await client.DisposeAsync();
            return null;
        }

        silentFolders = silent;
        var statuses = await StatusesAsync(client, listings, folders, token);
        folders = [.. folders.Select(f => f with { ObjectId = statuses.GetValueOrDefault(f.Path)?.MailboxId })];
        return new ServerState(folders, [.. folders.Where(f => f.IsSelectable).Select(f => new ScopeState(f.Path, Token(statuses, f.Path)))], IsComplete: all.All(l => l.Defect is null));
    }

    public Task<IReadOnlyCollection<string>?> WaitForChangeAsync(IReadOnlyList<string> folders, CancellationToken ct) => listener.WaitAsync(folders, ct);

    public bool IsCurrent(string cursor, ScopeState scope, int held, bool isCertain) => ImapCursor.Read(cursor)?.Reaching(Horizon()) switch
    {
        { } read when !read.AccountsFor(held, time.GetUtcNow()) || read.LeftOut != AllMailAt(scope.Scope)?.LeftOut => false,
        { IsBackfilled: true, ModSeq: > 0 } read => scope.Token == Token(read.UidValidity, read.UidNext, read.ModSeq, read.Exists),

        // Without mod-sequences equal counts may hide a changed flag: all of them are compared now and then, and when somebody asks.
        { IsBackfilled: true, Compared: { } compared } read => !isCertain && scope.Token is not null && scope.Token == read.ComparedToken && time.GetUtcNow() - compared < CompareInterval,
        _ => false,
    };

    public async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        await listener.DisposeAsync();
    }

    /// <summary>All Mail as it was last listed, if that is what this folder is.</summary>
    private GmailAllMail? AllMailAt(string path) => gmailAllMail is { } all && all.Path == path ? all : null;

    /// <summary>All Mail, if that is what this folder is: a pass over it may come before the first listing.</summary>
    private async Task<GmailAllMail?> AllMailAtAsync(ImapClient client, string path, CancellationToken ct)
    {
        if (gmailAllMail is null && GmailAllMail.IsOffered(client))
        {
            gmailAllMail = GmailAllMail.Of(await client.ListAsync(new ListRequest(), ct), account.Settings);
        }

        return AllMailAt(path);
    }

    /// <summary>STATUS of every folder: with the listing where the server can (RFC 5819), else pipelined in one go.</summary>
    private static async Task<Dictionary<string, MailboxStatus>> StatusesAsync(
        ImapClient client, IReadOnlyList<MailboxListing> listings, IReadOnlyList<Folder> folders, CancellationToken ct)
    {
        var statuses = listings.Where(l => l.Status is not null).ToDictionary(l => l.Name, l => l.Status!, StringComparer.Ordinal);
        var missing = folders.Where(f => f.IsSelectable && !statuses.ContainsKey(f.Path)).Select(f => f.Path).ToList();
        if (missing.Count > 0)
        {
            foreach (var status in await client.StatusAsync(missing, ct))
            {
                statuses[status.Mailbox] = status;
            }
        }

        return statuses;
    }

    private static string? Token(Dictionary<string, MailboxStatus> statuses, string path) => statuses.GetValueOrDefault(path) switch
    {
        { UidValidity: { } validity, UidNext: { } next, HighestModSeq: > 0 and { } modSeq, Messages: { } exists } => Token(validity, next, modSeq, exists),
        { UidValidity: { } validity, UidNext: { } next, Unseen: { } unseen, Messages: { } exists } =>
            string.Create(CultureInfo.InvariantCulture, $"{validity}/{next}/unseen {unseen}/{exists}"),
        _ => null,
    };

    /// <summary>Equal tokens mean equal content, because every change raises the mod-sequence (RFC 7162 §3.1.2.1).</summary>
    private static string Token(uint uidValidity, uint uidNext, ulong modSeq, uint exists) =>
        string.Create(CultureInfo.InvariantCulture, $"{uidValidity}/{uidNext}/{modSeq}/{exists}");

    private static UidSet Uids(IEnumerable<RemoteRef> messages) => UidSet.Of(messages.Select(m => Uid(m.RemoteId)));

    private static uint Uid(string remoteId) => uint.Parse(remoteId, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string RemoteId(uint uid) => uid.ToString(CultureInfo.InvariantCulture);
}
