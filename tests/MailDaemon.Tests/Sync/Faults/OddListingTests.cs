using MailDaemon.Engine.Cache;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Servers whose list of folders is not one of names.</summary>
public sealed class OddListingTests
{
    [Theory]
    [InlineData("* LIST () \"/\" \"Archive\"")]
    [InlineData("* LIST () \"/\" \"Inbox\"")]
    [InlineData("* LIST () \"/\" inbox\r\n* LIST () \"/\" INBOX")]
    [InlineData("* LIST (\\Noselect) \"/\" \"\"")]
    [InlineData("* LIST () \"/\" \"\"")]
    [InlineData("* LIST () \"/\" \"/\"")]
    [InlineData("* LIST () \"/\" {5}\r\na\r\nbc")]
    [InlineData("* LIST (\\Noselect) \"/\" \"Archive\"\r\n* LIST () NIL \"Archive\"")]
    public async Task Mailbox_listed_twice_or_without_a_name_is_one_folder_or_none(string lines)
    {
        foreach (var kind in (ServerKind[])[ServerKind.Modern, ServerKind.Old])
        {
            await using var server = await FaultyServer.StartAsync(kind);
            server.Fill(server.Inbox, 2);
            server.Fill(server.User.Find("Archive")!, 1);
            server.Faults.ListLines.Arm(lines);

            (await server.PassAsync()).ShouldBeNull(lines);
            (await server.PassAsync()).ShouldBeNull(lines);

            server.Cache.Folders().Select(f => f.Folder.Path).Order(StringComparer.Ordinal)
                .ShouldBe(server.User.Folders.Select(f => f.Path).Order(StringComparer.Ordinal));
            server.Cache.Folders().Sum(f => f.Total).ShouldBe(3);
            (await server.VerifyAsync()).Verified.ShouldBeTrue(lines);
            await server.ShouldHealAsync(lines);
        }
    }

    [Theory]
    [InlineData("Абв&где", "&BBAEMQQyACYEMwQ0BDU-")]
    [InlineData("Plain", "&AFAAbABhAGkAbg-")]
    [InlineData("Ünlü", "Ünlü")]
    public async Task Folder_spelt_in_a_form_of_its_own_is_read_by_every_connection(string name, string spelling)
    {
        await using var server = await FaultyServer.StartAsync();
        server.Fill(server.User.CreateFolder(name), 2);
        server.Faults.Spelling.Arm(name, spelling);
        (await server.PassAsync()).ShouldBeNull();
        server.Cache.Folders().Single(f => f.Folder.Path == name).Total.ShouldBe(2);

        // Two connections at a time, and then others after a start anew, which know the folder from the cache alone.
        server.Fill(server.User.Find(name)!, 1);
        server.Fill(server.Inbox, 1);
        (await server.PassAsync()).ShouldBeNull();
        server.Cache.Folders().Single(f => f.Folder.Path == name).Total.ShouldBe(3);
        await server.ForgetConnectionsAsync();
        await server.SetSeenAsync(name, 1);

        server.User.Find(name)!.Messages[0].Flags.ShouldContain("\\Seen");
        server.Cache.Folders().ShouldAllBe(f => f.Error == null);
    }

    [Fact]
    public async Task Two_spellings_of_one_name_are_two_folders()
    {
        await using var server = await FaultyServer.StartAsync();
        server.Fill(server.User.CreateFolder("Ä"), 2);
        server.Faults.ListLines.Arm("* LIST (\\Noselect) \"/\" &AMQ");

        await server.PassAsync();

        server.Cache.Folders().Single(f => f.Folder.Path == "Ä").Total.ShouldBe(2);
        server.Cache.Folders().Count(f => f.Folder.Path == "&AMQ").ShouldBe(1);
    }

    [Theory]
    [InlineData("(\\Seen foo(bar))")]
    [InlineData("(foo(bar) \\Seen)")]
    [InlineData("(\\Seen foo(bar)")]
    [InlineData("(\\Seen f\"oo)")]
    [InlineData("(\\Seen (foo))")]
    [InlineData("(\\Seen foo) bar)")]
    public async Task Keyword_that_is_none_costs_itself_alone(string flags)
    {
        foreach (var kind in (ServerKind[])[ServerKind.Modern, ServerKind.Old])
        {
            await using var server = await FaultyServer.StartAsync(kind);
            server.Fill(server.Inbox, 3);
            server.Faults.Flags.Arm(flags);
            for (var pass = 0; pass < 3; pass++)
            {
                (await server.PassAsync()).ShouldBeNull();

                var listed = server.Cache.List(new MessageQuery { Folder = "INBOX" }).Messages;
                listed.Count.ShouldBe(3, $"{flags} at pass {pass} of {kind}");
                listed.ShouldAllBe(m => m.IsRead);
            }

            server.Inbox.ChangeFlags([1, 2, 3], told => told.Add("\\Flagged"));
            await server.ShouldHealAsync(flags);
        }
    }

    [Fact]
    public async Task Flags_that_cannot_be_read_at_all_are_kept_as_they_were()
    {
        await using var server = await FaultyServer.StartAsync(ServerKind.Old);
        server.Fill(server.Inbox, 3);
        server.Inbox.ChangeFlags([2], flags => flags.Add("\\Seen"));
        await server.PassAsync();
        server.Faults.Flags.Arm("nothing");

        await server.PassAsync();

        var listed = server.Cache.List(new MessageQuery { Folder = "INBOX" }).Messages;
        listed.Where(m => m.IsRead).Select(m => m.Uid).ShouldBe([2]);
        listed.Count.ShouldBe(3);
        await server.ShouldHealAsync();
    }
}
