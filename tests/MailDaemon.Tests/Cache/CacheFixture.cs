using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Cache;

/// <summary>A cache in a directory of its own, and mail to put into it.</summary>
public sealed class CacheFixture : IAsyncDisposable
{
    public static readonly AccountKey Me = new(ProviderKind.Imap, "me@example.com");
    public static readonly Folder Inbox = new("INBOX", "INBOX", FolderRole.Inbox, null, ["\\HasNoChildren"], IsSelectable: true);
    public static readonly Folder Sent = new("Sent", "Sent", FolderRole.Sent, "\\Sent", [], IsSelectable: true);
    public static readonly Folder Work = new("Projects/工作", "工作", FolderRole.Other, null, [], IsSelectable: true);
    public static readonly DateTimeOffset Monday = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private readonly TempDirectory _directory = new();

    public CacheFixture(AccountKey? account = null, int publishedItems = 5_000)
    {
        Account = account ?? Me;
        Paths = new DataPaths(_directory.Path);
        PublishedItems = publishedItems;
        Caches = new MailCaches(Paths, Clock, new EventHub(Clock), publishedItems);
        Cache = Caches.Open(Account);
    }

    public AccountKey Account { get; }

    public ManualClock Clock { get; } = new();

    public DataPaths Paths { get; }

    public int PublishedItems { get; }

    public MailCaches Caches { get; private set; }

    public MailCache Cache { get; private set; }

    public AccountPaths Files => Paths.Account(Account);

    /// <summary>A message that arrived after the baseline, as many minutes after Monday eight o'clock as its UID says.</summary>
    public static RemoteMessage Mail(long uid, string? identity = null, string folder = "INBOX", MessageFlags flags = MessageFlags.None) => new()
    {
        RemoteId = $"{uid}",
        Uid = uid,
        Identity = identity ?? $"<{uid}@example.com>",
        FolderPath = folder,
        Subject = $"Subject {uid}",
        From = new EmailAddress("Ann", "ann@example.com"),
        To = [new EmailAddress("Me", "me@example.com")],
        Date = Monday.AddMinutes(uid),
        SentDate = Monday.AddMinutes(uid - 1),
        Flags = flags,
        HasAttachments = false,
        InternetMessageId = $"<{uid}@example.com>",
        Size = 1_000 + uid,
        Content = new MessageContent { Text = $"Text of {uid}" },
        IsBaseline = false,
    };

    public static Delta Page(string scope, string next, params RemoteMessage[] added) => new() { Scope = scope, Next = next, Added = added };

    public Task<AppliedDelta> ApplyAsync(Delta delta) => Cache.ApplyAsync(delta, CancellationToken.None);

    public Task<AppliedDelta> AddAsync(params RemoteMessage[] added) => ApplyAsync(Page("INBOX", "1", added));

    /// <summary>Closes and opens again, as a restart does.</summary>
    public async Task RestartAsync()
    {
        await Caches.DisposeAsync();
        Caches = new MailCaches(Paths, Clock, new EventHub(Clock), PublishedItems);
        Cache = Caches.Open(Account);
    }

    /// <summary>Deletes all there is of the account's cache.</summary>
    public async Task RebuildAsync()
    {
        await Caches.RemoveAsync(Account, keepFiles: false, CancellationToken.None);
        Cache = Caches.Open(Account);
    }

    public string[] ContentFiles() => Directory.GetFiles(Files.Messages, "*", SearchOption.AllDirectories);

    public async ValueTask DisposeAsync()
    {
        await Caches.DisposeAsync();
        _directory.Dispose();
    }
}
