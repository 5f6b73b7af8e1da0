using System.Globalization;
using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

/// <summary>Gmail over IMAP, where one message is in many folders: a mail is listed once for each place that people put it.</summary>
public sealed class GmailPassTests : IAsyncLifetime
{
    private const string AllMailPath = "[Gmail]/All Mail";

    private EngineFixture engine = null!;

    private MailUser User => engine.Servers.World.Users[0];

    private MailFolder AllMail => User.Find(AllMailPath)!;

    private MailCache Cache => engine.Get<MailCaches>().Open(engine.Account);

    public async Task InitializeAsync() => engine = await EngineFixture.StartAsync(ImapServerOptions.Gmail);

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Fact]
    public async Task Mail_is_listed_where_it_was_put_and_not_again_in_all_mail_starred_and_important()
    {
        Put(User.Inbox, "starred", "\\Flagged");
        Put(User.CreateFolder("工作/Orders"), "order");
        Put(User.Find("[Gmail]/Sent Mail")!, "sent");
        Put(User.Find("[Gmail]/Drafts")!, "draft");
        Put(AllMail, "archived");
        var important = Put(User.Inbox, "important");
        User.Gmail!.Change(important, ["\\Important"], []);
        await PassAsync();

        Listed().ShouldBe([
            "INBOX: important", "INBOX: starred", "[Gmail]/All Mail: archived", "[Gmail]/Drafts: draft", "[Gmail]/Sent Mail: sent", "工作/Orders: order",
        ]);
        Cache.Folders().Select(f => f.Folder.Path).ShouldNotContain("[Gmail]/Starred");
        Cache.Folders().Select(f => f.Folder.Path).ShouldNotContain("[Gmail]/Important");
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Body_of_a_mail_that_another_folder_shows_is_not_read_again()
    {
        for (var i = 0; i < 20; i++)
            Put(User.Inbox, $"mail {i}");
        await PassAsync();

        // One for the labels of All Mail; headers and bodies of INBOX.
        engine.Servers.ImapCounters.CountOf("FETCH").ShouldBe(3);
    }

    [Fact]
    public async Task Archived_mail_keeps_its_key_and_what_it_awaits_and_comes_back()
    {
        await PassAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        var mail = Put(User.Inbox, "offer");
        Put(User.Inbox, "done");
        await PassAsync();
        var key = List("INBOX").Single(m => m.Subject == "offer").Key;
        await Cache.MarkRulesDoneAsync([List("INBOX").Single(m => m.Subject == "done").Key], CancellationToken.None);

        User.Inbox.Expunge([1, 2]);
        await PassAsync();
        List(AllMailPath).Single(m => m.Subject == "offer").Key.ShouldBe(key);
        List(AllMailPath).Count.ShouldBe(2);
        Waiting().ShouldBe(["[Gmail]/All Mail: offer"]);
        await ShouldBeVerifiedAsync();

        User.Gmail!.Change(mail, ["\\Inbox"], []);
        await PassAsync();
        Listed().ShouldBe(["INBOX: offer", "[Gmail]/All Mail: done"]);
        List("INBOX").ShouldHaveSingleItem().Key.ShouldBe(key);
        Waiting().ShouldBe(["INBOX: offer"]);
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Mail_with_two_labels_is_in_both_folders_and_awaits_rules_once()
    {
        await PassAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        User.CreateFolder("Orders");
        User.Gmail!.Change(Put(User.Inbox, "order"), ["Orders"], []);
        await PassAsync();

        Listed().ShouldBe(["INBOX: order", "Orders: order"]);
        Waiting().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Mail_that_a_filter_keeps_out_of_the_inbox_awaits_rules_in_all_mail()
    {
        await PassAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        Put(AllMail, "filtered");
        await PassAsync();

        Waiting().ShouldBe(["[Gmail]/All Mail: filtered"]);
    }

    [Fact]
    public async Task Folders_read_otherwise_than_before_change_what_is_left_out()
    {
        Put(User.CreateFolder("Orders"), "order");
        Put(User.Inbox, "letter");
        await PassAsync();
        Listed().ShouldBe(["INBOX: letter", "Orders: order"]);

        await engine.SetAsync(settings => settings with { Folders = ["inbox", "archive"] });
        await PassAsync();
        List(AllMailPath).ShouldHaveSingleItem().Subject.ShouldBe("order");
        await ShouldBeVerifiedAsync();

        await engine.SetAsync(settings => settings with { Folders = [] });
        await PassAsync();
        Listed().ShouldBe(["INBOX: letter", "Orders: order"]);
        Waiting().ShouldBeEmpty();
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Old_mail_that_is_archived_is_no_more_wanted_than_before()
    {
        await engine.SetAsync(settings => settings with { SyncDays = 7 });
        Put(User.Inbox, "old", received: engine.Clock.GetUtcNow().AddDays(-30));
        Put(User.Inbox, "new", received: engine.Clock.GetUtcNow().AddDays(-1));
        await PassAsync();

        User.Inbox.Expunge([1, 2]);
        await PassAsync();

        Listed().ShouldBe(["[Gmail]/All Mail: new"]);
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Archive_by_us_shows_the_mail_in_all_mail_only_while_no_other_label_shows_it()
    {
        User.CreateFolder("Orders");
        User.Gmail!.Change(Put(User.Inbox, "order"), ["Orders"], []);
        Put(User.Inbox, "letter");
        await PassAsync();

        foreach (var item in List("INBOX"))
            await engine.Get<MessageActions>().ArchiveAsync(engine.Get<MessageLookup>().Message(new MessageAddress(ProviderKind.Imap, item.Key)), CancellationToken.None);
        await PassAsync();

        Listed().ShouldBe(["Orders: order", "[Gmail]/All Mail: letter"]);
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task All_mail_with_other_uids_is_read_anew_without_what_other_folders_show()
    {
        Put(User.Inbox, "letter");
        Put(AllMail, "archived");
        await PassAsync();

        AllMail.RebuildWithNewUidValidity();
        await PassAsync();

        Listed().ShouldBe(["INBOX: letter", "[Gmail]/All Mail: archived"]);
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task All_mail_whose_mod_sequences_are_lost_is_compared_by_labels_too()
    {
        Put(User.Inbox, "letter");
        Put(User.Inbox, "note");
        Put(AllMail, "archived");
        await PassAsync();

        User.Inbox.Expunge([1]);
        User.Gmail!.Change(AllMail.Messages.Single(m => Encoding.ASCII.GetString(m.Raw.Span).Contains("archived", StringComparison.Ordinal)), ["\\Inbox"], []);
        AllMail.RestartModSeqs();
        await PassAsync();

        Listed().ShouldBe(["INBOX: archived", "INBOX: note", "[Gmail]/All Mail: letter"]);
        await ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Page_read_from_the_server_leaves_out_what_other_folders_show()
    {
        Put(User.Inbox, "letter");
        Put(AllMail, "archived");

        var page = await engine.Get<Engine.Providers.MailProviders>().For(engine.Get<AccountStore>().Get(engine.Account))
            .ReadPageAsync(new Engine.Providers.RemotePageRequest(AllMailPath, 10), CancellationToken.None);

        page.Messages.Select(m => m.Subject).ShouldBe(["archived"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_to_labels_the_cache_is_what_the_server_has(int seed)
    {
        var random = new Random(seed);
        string[] labels = ["\\Inbox", "Orders", "工作", "\\Starred", "\\Important", "\\Sent"];
        User.CreateFolder("Orders");
        User.CreateFolder("工作");
        for (var step = 0; step < 150; step++)
        {
            var all = AllMail.Messages;
            var mail = all.Count == 0 ? null : all[random.Next(all.Count)];
            switch (random.Next(8))
            {
                case 0 or 1:
                    Put(random.Next(3) == 0 ? AllMail : User.Inbox, string.Create(CultureInfo.InvariantCulture, $"mail {step}"));
                    break;
                case 2 or 3 when mail is not null:
                    User.Gmail!.Change(mail, [labels[random.Next(labels.Length)]], []);
                    break;
                case 4 or 5 when mail is not null:
                    User.Gmail!.Change(mail, [], [labels[random.Next(labels.Length)]]);
                    break;
                case 6 when mail is not null:
                    AllMail.ChangeFlags([mail.Uid], flags => random.Next(2) == 0 ? flags.Add("\\Seen") : flags.Remove("\\Flagged"));
                    break;
                case 7 when mail is not null && random.Next(3) == 0:
                    AllMail.MoveTo(User.Find("[Gmail]/Trash")!, [mail.Uid]);
                    break;
            }

            if (random.Next(6) == 0)
            {
                await PassAsync();
                await ShouldBeVerifiedAsync();
            }
        }

        await PassAsync();
        await ShouldBeVerifiedAsync();
        var shown = Cache.List(new MessageQuery { Limit = 500 }).Messages.Select(m => m.Subject).ToHashSet(StringComparer.Ordinal);
        AllMail.Messages.Count.ShouldBeGreaterThan(20);
        AllMail.Messages.Select(m => Encoding.ASCII.GetString(m.Raw.Span).Split("\r\n")[1]["Subject: ".Length..]).ShouldBeSubsetOf(shown);
    }

    private Sandbox.Mail.StoredMessage Put(MailFolder folder, string subject, string? flag = null, DateTimeOffset? received = null) => folder.Append(
        Encoding.ASCII.GetBytes($"Message-ID: <{subject.Replace(' ', '-')}@test>\r\nSubject: {subject}\r\n\r\nText of {subject}\r\n"),
        flag is null ? [] : [flag],
        received ?? engine.Clock.GetUtcNow().AddMinutes(-1));

    private Task PassAsync() => engine.Get<SyncPasses>().RunAsync(engine.Account, CancellationToken.None);

    private async Task ShouldBeVerifiedAsync()
    {
        var proof = engine.Get<SyncVerify>().RunAsync(engine.Get<AccountStore>().Get(engine.Account), CancellationToken.None);
        while (!proof.IsCompleted)
        {
            engine.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(proof, Task.Delay(10));
        }

        (await proof).Differences.ShouldBeEmpty();
        (await proof).Verified.ShouldBeTrue();
    }

    private IReadOnlyList<MessageItem> List(string folder) => Cache.List(new MessageQuery { Folder = folder }).Messages;

    private List<string> Listed() => Sorted(Cache.List(new MessageQuery { Limit = 500 }).Messages);

    private List<string> Waiting() => Sorted(Cache.AwaitingItems());

    private static List<string> Sorted(IEnumerable<MessageItem> items) => [.. items.Select(m => $"{m.FolderPath}: {m.Subject}").Order(StringComparer.Ordinal)];
}
