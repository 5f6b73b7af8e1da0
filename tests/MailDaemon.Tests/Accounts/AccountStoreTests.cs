using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Accounts;

public sealed class AccountStoreTests : IDisposable
{
    private static readonly AccountKey Key = new(ProviderKind.Imap, "me@example.com");
    private readonly TempDirectory _directory = new();
    private readonly SqliteFile _file;
    private readonly AccountStore _store;

    public AccountStoreTests()
    {
        _file = StoreSchema.Open(new DataPaths(_directory.Path));
        _store = new AccountStore(_file);
    }

    [Fact]
    public async Task Added_account_is_there_with_all_it_had_after_a_restart()
    {
        var policy = JsonDocument.Parse("""{"allow":["label"]}""");
        await _store.AddAsync(
            Sample() with
            {
                DisplayName = "我",
                Username = "DOMAIN\\me",
                Imap = new ServerAddress("IMAP.Example.com.", 993, ServerSecurity.Tls),
                Smtp = new ServerAddress("127.0.0.1", 2525, ServerSecurity.None),
                SmtpStatus = SmtpStatus.Unverified,
                PresetId = "qq",
                Settings = new AccountSettings { SyncInterval = 0, Notify = false, Signature = "-- \nMe", SyncDays = 30, Folders = ["INBOX", "归档"], AgentPolicy = policy.RootElement },
            },
            CancellationToken.None);
        policy.Dispose();
        _store.Get(Key).Settings.AgentPolicy!.Value.GetProperty("allow").GetArrayLength().ShouldBe(1);

        var account = new AccountStore(_file).Get(new AccountKey(ProviderKind.Imap, "ME@EXAMPLE.COM"));

        account.Email.ShouldBe("Me@Example.com");
        account.DisplayName.ShouldBe("我");
        account.Username.ShouldBe("DOMAIN\\me");
        account.Imap.ShouldBe(new ServerAddress("imap.example.com", 993, ServerSecurity.Tls));
        account.Smtp.ShouldBe(new ServerAddress("127.0.0.1", 2525, ServerSecurity.None));
        account.SmtpStatus.ShouldBe(SmtpStatus.Unverified);
        account.PresetId.ShouldBe("qq");
        account.CreatedAt.ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        account.Settings.SyncInterval.ShouldBe(0);
        account.Settings.Notify.ShouldBeFalse();
        account.Settings.Signature.ShouldBe("-- \nMe");
        account.Settings.SyncDays.ShouldBe(30);
        account.Settings.Folders.ShouldBe(["INBOX", "归档"]);
        account.Settings.AgentPolicy!.Value.GetRawText().ShouldBe("""{"allow":["label"]}""");
    }

    [Fact]
    public async Task Same_address_twice_is_a_conflict_whatever_its_case()
    {
        await _store.AddAsync(Sample(), CancellationToken.None);

        var refused = await Should.ThrowAsync<MailException>(() => _store.AddAsync(
            Sample() with { Key = new AccountKey(ProviderKind.Imap, "ME@example.COM"), Email = "ME@example.COM" }, CancellationToken.None));

        refused.Fault.ShouldBe(MailFault.Conflict);
        refused.Code.ShouldBe("account_exists");
        await _store.AddAsync(Sample() with { Key = new AccountKey(ProviderKind.Gmail, "me@example.com") }, CancellationToken.None);
        _store.All().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Changes_at_once_all_count()
    {
        await _store.AddAsync(Sample() with { Settings = new AccountSettings { SyncDays = 0 } }, CancellationToken.None);

        await Parallel.ForAsync(0, 50, async (_, ct) => await _store.UpdateAsync(
            Key, account => account with { Settings = account.Settings with { SyncDays = account.Settings.SyncDays + 1 } }, ct));

        _store.Get(Key).Settings.SyncDays.ShouldBe(50);
        new AccountStore(_file).Get(Key).Settings.SyncDays.ShouldBe(50);
    }

    [Fact]
    public async Task Deleted_account_is_gone_and_can_come_again()
    {
        await _store.AddAsync(Sample(), CancellationToken.None);

        (await _store.DeleteAsync(Key, CancellationToken.None)).ShouldBeTrue();
        (await _store.DeleteAsync(Key, CancellationToken.None)).ShouldBeFalse();

        _store.Find(Key).ShouldBeNull();
        new AccountStore(_file).All().ShouldBeEmpty();
        await _store.AddAsync(Sample(), CancellationToken.None);
        _store.All().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_account_is_not_found()
    {
        Should.Throw<MailException>(() => _store.Get(Key)).Code.ShouldBe("account_not_found");
        (await Should.ThrowAsync<MailException>(() => _store.UpdateAsync(Key, account => account, CancellationToken.None))).Code.ShouldBe("account_not_found");
    }

    [Theory]
    [InlineData("me")]
    [InlineData("@example.com")]
    [InlineData("me@")]
    [InlineData("me\r\nBcc: x@example.com")]
    [InlineData("m e@example.com")]
    public async Task Address_that_is_none_is_refused(string email)
    {
        var refused = await Should.ThrowAsync<MailException>(() => _store.AddAsync(
            Sample() with { Key = new AccountKey(ProviderKind.Imap, email), Email = email }, CancellationToken.None));

        refused.Code.ShouldBe("invalid_account");
        _store.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task Refused_change_leaves_the_account_as_it_was()
    {
        await _store.AddAsync(Sample(), CancellationToken.None);

        await Should.ThrowAsync<MailException>(() => _store.UpdateAsync(Key, account => account with { DisplayName = "a\r\nb" }, CancellationToken.None));
        await Should.ThrowAsync<MailException>(() => _store.UpdateAsync(Key, account => account with { Key = new AccountKey(ProviderKind.Gmail, "me@example.com") }, CancellationToken.None));

        _store.Get(Key).ShouldBe(Sample() with { Settings = _store.Get(Key).Settings });
    }

    public void Dispose()
    {
        _file.Dispose();
        _directory.Dispose();
    }

    private static Account Sample() => new()
    {
        Key = Key,
        Email = "Me@Example.com",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };
}
