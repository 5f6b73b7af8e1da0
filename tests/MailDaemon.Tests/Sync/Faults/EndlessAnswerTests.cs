using MailDaemon.Engine.Cache;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Servers that go on for ever. Alone, because what it costs in memory is measured.</summary>
[Collection(nameof(EndlessAnswerTests))]
public sealed class EndlessAnswerTests
{
    /// <summary>A line of 8 MiB in a buffer that doubles, or three pages of mail, and room for what else is going on.</summary>
    private const long MostBytes = 100 * 1024 * 1024;

    [Theory]
    [InlineData("AUTHENTICATE")]
    [InlineData("LIST")]
    [InlineData("EXAMINE")]
    [InlineData("SEARCH")]
    [InlineData("FETCH")]
    public async Task Line_without_end_is_given_up(string command)
    {
        await using var server = await FaultyServer.StartReadAsync();
        server.Deliver();
        server.Faults.EndlessLine.Arm(command, value: true);

        await WithinMemoryAsync(server.PassAnewAsync());

        server.Faults.EndlessLine.HitsOf(command).ShouldBeGreaterThan(0);
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(5_000_000_000)]
    public async Task Literal_longer_than_any_mail_is_given_up(long announced)
    {
        await using var server = await FaultyServer.StartReadAsync();
        server.Deliver();
        server.Faults.EndlessLiteral.Arm(announced);

        await WithinMemoryAsync(server.PassAsync());

        server.Cache.Refused().ShouldHaveSingleItem();
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Literal_too_long_to_be_held_is_passed_over_and_the_message_kept()
    {
        await using var server = await FaultyServer.StartReadAsync();
        var uid = server.Deliver();
        server.Faults.EndlessLiteral.Arm(100_000_000);

        await WithinMemoryAsync(server.PassAsync());

        var message = server.Cache.Find("INBOX", $"{uid}").ShouldNotBeNull();
        server.Cache.ReadContent(message.Key)!.Defects.ShouldNotBeEmpty();
        server.Cache.List(new MessageQuery { Folder = "INBOX" }).Total.ShouldBe(4);
    }

    private static async Task WithinMemoryAsync(Task endless)
    {
        var pass = endless.WaitAsync(TimeSpan.FromSeconds(30));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = before;
        while (await Task.WhenAny(pass, Task.Delay(20)) != pass)
        {
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }

        await pass;
        (most - before).ShouldBeLessThan(MostBytes);
    }
}

[CollectionDefinition(nameof(EndlessAnswerTests), DisableParallelization = true)]
public sealed class EndlessAnswerCollection;
