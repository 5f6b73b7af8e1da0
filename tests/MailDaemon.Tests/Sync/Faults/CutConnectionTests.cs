using MailDaemon.Tests.Support;
namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Connections that break wherever they can.</summary>
public sealed class CutConnectionTests
{
    /// <summary>After so many passes in a row that were not cut there is no more to cut: two connections share the work as it happens.</summary>
    private const int EnoughWhole = 20;

    private const int FarTooFar = 10_000;

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.Old)]
    public async Task Pass_cut_at_every_byte_loses_and_doubles_nothing(ServerKind kind)
    {
        await using var server = await StartAsync(kind);
        var (cut, whole, unread) = (0L, 0, server.Deliver());
        for (; whole < EnoughWhole; cut++)
        {
            // Each pass finds a message to read and one with other flags, whatever the passes before came to. What was read goes: with a
            // folder that grows the replies would grow faster than the cut moves.
            if (server.Cache.Find("INBOX", $"{unread}") is not null)
            {
                server.Cache.AwaitingItems().Count(m => m.Uid == unread).ShouldBe(1);
                server.Inbox.Expunge([unread]);
                unread = server.Deliver();
            }

            server.ToggleStar(1);
            server.Faults.CutAfterReplyBytes.Arm(cut);

            whole = await IsWholeAsync(server) ? whole + 1 : 0;
            cut.ShouldBeLessThan(FarTooFar);
        }

        cut.ShouldBeGreaterThan(1000);
        server.Faults.Reset();
        await server.PassAnewAsync();
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.Old)]
    public async Task First_pass_cut_at_every_byte_ends_complete(ServerKind kind)
    {
        await using var server = await StartAsync(kind);
        var (cut, whole) = (0L, 0);
        for (; whole < EnoughWhole; cut++)
        {
            // Each pass finds a folder that was never read to its end.
            if (server.Cache.Folders().FirstOrDefault(f => f.Folder.Path == "First") is null or { Total: 2 })
            {
                server.MakeAnew("First", messages: 2);
            }

            server.Faults.CutAfterReplyBytes.Arm(cut);
            whole = await IsWholeAsync(server) ? whole + 1 : 0;
            cut.ShouldBeLessThan(FarTooFar);
        }

        cut.ShouldBeGreaterThan(1000);
        server.Faults.Reset();
        await server.PassAnewAsync();
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.Old)]
    public async Task Literal_cut_anywhere_is_read_again(ServerKind kind)
    {
        await using var server = await FaultyServer.StartReadAsync(kind);
        for (var kept = 0; kept < 40; kept++)
        {
            server.Deliver();
            server.Faults.CutInsideLiteral.Arm(kept, times: 1);

            (await server.PassAsync()).ShouldBeNull("it is read again on another connection");
            server.Cache.Refused().ShouldBeEmpty();
        }

        server.Faults.CutInsideLiteral.Hits.ShouldBe(40);
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData("LIST")]
    [InlineData("STATUS")]
    [InlineData("EXAMINE")]
    [InlineData("SEARCH")]
    [InlineData("FETCH")]
    [InlineData("LOGIN")]
    [InlineData("AUTHENTICATE")]
    [InlineData("ENABLE")]
    [InlineData("ID")]
    [InlineData("NOOP")]
    public async Task Reply_that_never_comes_is_asked_for_again(string command)
    {
        foreach (var kind in Enum.GetValues<ServerKind>())
        {
            await using var server = await FaultyServer.StartReadAsync(kind);
            for (var i = 0; i < 3; i++)
            {
                server.Deliver();
                server.ToggleStar(2);
                server.Faults.CutBeforeReply.Arm(command, value: true, times: 2);

                await server.PassAnewAsync();
                await server.PassAsync();
            }

            await server.ShouldHealAsync($"{command} on {kind}");
        }
    }

    /// <summary>A pass in which nothing was cut, not even what was read on another connection afterwards.</summary>
    private static async Task<bool> IsWholeAsync(FaultyServer server) =>
        await server.PassAnewAsync() is null && server.Cache.Folders().All(f => f.Error is null) && server.Cache.Refused().Count == 0;

    /// <summary>One folder alone, so that the replies are short.</summary>
    private static async Task<FaultyServer> StartAsync(ServerKind kind)
    {
        var server = await FaultyServer.StartAsync(kind);
        foreach (var folder in server.User.Folders.Where(f => f != server.Inbox).ToList())
        {
            server.User.DeleteFolder(folder.Path);
        }

        server.Fill(server.Inbox, 2);
        await server.ShouldHealAsync();
        return server;
    }
}
