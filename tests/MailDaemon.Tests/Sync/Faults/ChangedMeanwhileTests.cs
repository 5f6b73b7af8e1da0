using MailDaemon.Protocols.Imap;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Folders that change, are numbered anew or go while a pass reads them.</summary>
public sealed class ChangedMeanwhileTests
{
    private static readonly TimeSpan longEnough = TimeSpan.FromMilliseconds(30);

    private static readonly Dictionary<string, Action<FaultyServer>> changes = new(StringComparer.Ordinal)
    {
        ["expunge"] = server => server.Inbox.Expunge(server.Inbox.Messages.Select(m => m.Uid).Where(u => u % 3 == 1)),
        ["expunge of all"] = server => server.Inbox.Expunge(server.Inbox.Messages.Select(m => m.Uid)),
        ["arrival"] = server => server.Deliver(),
        ["star"] = server => server.ToggleStar(2),
        ["new numbers"] = server => server.Inbox.RebuildWithNewUidValidity(),
        ["deleted folder"] = server => server.User.DeleteFolder("First"),
        ["renamed folder"] = server => server.User.RenameFolder("First", "Second"),
        ["folder made anew"] = server => server.MakeAnew("First", messages: 2),
        ["move"] = server => server.Inbox.MoveTo(server.User.Find("Archive")!, server.Inbox.Messages.Select(m => m.Uid).Take(2)),
    };

    public static TheoryData<ServerKind, string> Changes()
    {
        var all = new TheoryData<ServerKind, string>();
        foreach (var kind in Enum.GetValues<ServerKind>())
        {
            foreach (var change in changes.Keys)
                all.Add(kind, change);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_in_the_middle_of_a_pass_is_not_missed(ServerKind kind, string change)
    {
        await using var server = await FaultyServer.StartReadAsync(kind, messages: 6);
        foreach (var command in (string[])["LIST", "EXAMINE", "SEARCH", "FETCH"])
        {
            foreach (var name in (string[])["First", "Second"])
            {
                if (server.User.Find(name) is not null)
                    server.User.DeleteFolder(name);
            }

            server.MakeAnew("First", messages: 3);
            server.Deliver();
            server.Inbox.ChangeFlags([server.Inbox.Messages[0].Uid], flags => flags.Add("\\Seen"));
            var before = server.Faults.Delay.HitsOf(command);
            server.Faults.Delay.Arm(command, longEnough);

            var pass = server.PassAsync();
            await Eventually.UntilAsync(() => server.Faults.Delay.HitsOf(command) > before || pass.IsCompleted, "the pass has come so far");
            changes[change](server);
            await pass;

            await server.ShouldHealAsync($"{change} at {command}");
            await server.RunRulesAsync();
        }
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.Old)]
    public async Task Message_that_is_deleted_while_it_is_read_is_no_new_mail(ServerKind kind)
    {
        await using var server = await FaultyServer.StartReadAsync(kind, messages: 3);
        server.Deliver();
        server.Faults.MissingSection.Arm(true, times: 1);
        await server.PassAsync();

        server.Cache.AwaitingItems().ShouldBeEmpty("nothing is known of it");
        server.Inbox.Expunge([server.Inbox.Messages[^1].Uid]);
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.WithoutVanished)]
    [InlineData(ServerKind.Old)]
    public async Task Folder_that_is_numbered_anew_between_passes_keeps_keys_and_marks(ServerKind kind)
    {
        await using var server = await FaultyServer.StartReadAsync(kind, messages: 6);
        server.Deliver();
        await server.ShouldHealAsync();
        await server.RunRulesAsync();
        server.Deliver();
        await server.ShouldHealAsync();

        server.Inbox.Expunge([1, 4]);
        server.Inbox.RebuildWithNewUidValidity();
        server.Deliver();

        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.Old)]
    public async Task Uidvalidity_that_comes_and_goes_keeps_keys_and_marks(ServerKind kind)
    {
        await using var server = await FaultyServer.StartReadAsync(kind, messages: 6);
        for (uint told = 70; told < 76; told++)
        {
            server.Deliver();
            await server.ShouldHealAsync();
            server.Faults.UidValidity.Arm(told);

            await server.PassAsync();

            await server.ShouldHealAsync();
            await (told % 2 == 0 ? server.RunRulesAsync() : Task.CompletedTask);
        }
    }

    [Theory]
    [InlineData("INBOX")]
    [InlineData("Archive")]
    public async Task Folder_that_is_missing_for_a_while_comes_back_with_keys_and_marks(string name)
    {
        await using var server = await FaultyServer.StartAsync();
        server.Fill(server.Inbox, 3);
        server.Fill(server.User.Find("Archive")!, 3);
        await server.ShouldHealAsync();
        server.Deliver();
        await server.ShouldHealAsync();
        server.Faults.MissingFolder.Arm(name, value: true);

        await server.PassAsync();
        await server.PassAsync();

        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.WithoutVanished)]
    [InlineData(ServerKind.Old)]
    public async Task Another_client_at_work_all_the_time_costs_nothing(ServerKind kind)
    {
        await using var server = await FaultyServer.StartReadAsync(kind, messages: 300);
        var random = new Random(7);
        var work = Task.Run(async () =>
        {
            await using var client = await server.ConnectAsync();
            await client.SelectAsync("INBOX", new SelectOptions(), CancellationToken.None);
            for (var step = 0; step < 120; step++)
            {
                var uid = server.Inbox.Messages[random.Next(server.Inbox.Messages.Count)].Uid;
                switch (step % 4)
                {
                    case 0:
                        await client.StoreAsync(UidSet.Of([uid]), FlagAction.Add, ["\\Deleted"], null, CancellationToken.None);
                        await client.ExpungeAsync(UidSet.Of([uid]), CancellationToken.None);
                        break;
                    case 1:
                        await client.MoveAsync(UidSet.Of([uid]), "Archive", CancellationToken.None);
                        break;
                    case 2:
                        await client.StoreAsync(UidSet.Of([uid]), FlagAction.Add, ["\\Seen"], null, CancellationToken.None);
                        break;
                    default:
                        server.Deliver();
                        break;
                }
            }
        });

        while (!work.IsCompleted)
        {
            (await server.PassAsync()).ShouldBeNull();
        }

        await work;
        await server.ShouldHealAsync();
    }
}
