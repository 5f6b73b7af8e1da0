using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Servers that do not answer, or not soon.</summary>
public sealed class SilentServerTests
{
    /// <summary>More than a busy machine takes for an answer, in seconds.</summary>
    private const int Patience = 3;

    private static readonly string[] commands = ["CONNECT", "AUTHENTICATE", "LIST", "EXAMINE", "SEARCH", "FETCH"];

    [Fact]
    public Task Silence_ends_the_pass_and_the_next_one_has_all() => Task.WhenAll(commands.Select(async command =>
    {
        await using var server = await FaultyServer.StartReadAsync(patienceSeconds: Patience);
        server.Deliver();
        server.ToggleStar(2);
        server.Faults.Silence.Arm(command, value: true);

        (await FailureAsync(server, command)).ShouldBe("server_timeout", command);

        await server.ShouldHealAsync(command);
    }));

    [Fact]
    public Task Server_that_says_a_byte_a_second_does_not_hold_a_pass_for_ever() => Task.WhenAll(((string[])["LIST", "EXAMINE", "FETCH"]).Select(async command =>
    {
        await using var server = await FaultyServer.StartReadAsync(patienceSeconds: Patience);
        server.Deliver();
        server.Faults.Trickle.Arm(command, TimeSpan.FromSeconds(1));

        (await FailureAsync(server, command).WaitAsync(TimeSpan.FromSeconds(120))).ShouldBe("server_timeout", command);

        server.Faults.Reset();
        await server.ShouldHealAsync(command);
    }));

    [Fact]
    public async Task Server_that_answers_in_no_folder_is_not_waited_for_in_each()
    {
        await using var server = await FaultyServer.StartReadAsync(patienceSeconds: Patience);
        foreach (var name in Enumerable.Range(0, 8).Select(i => $"Folder {i}"))
            server.MakeAnew(name, messages: 1);
        server.Faults.Silence.Arm("EXAMINE", value: true);

        (await server.PassAnewAsync()).ShouldBe("server_timeout");

        server.Faults.Silence.HitsOf("EXAMINE").ShouldBeLessThan(8);
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Connection_that_fell_silent_between_passes_is_replaced_within_one()
    {
        await using var server = await FaultyServer.StartReadAsync(patienceSeconds: Patience);
        server.Deliver();
        server.Faults.Silence.Arm("NOOP", value: true);

        (await server.PassAsync()).ShouldBeNull();

        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Account_on_a_silent_or_slow_server_does_not_hold_up_another(bool isSilent)
    {
        await using var server = await FaultyServer.StartAsync(patienceSeconds: isSilent ? Patience : 60);
        await using var others = await SandboxServers.StartAsync(new SandboxOptions { Seed = false }, TimeProvider.System, CancellationToken.None);
        var other = new AccountKey(ProviderKind.Imap, "tom@sandbox.test");
        await server.Engine.AddAccountAsync(other, others);
        server.Fill(server.Inbox, 3);
        await server.ShouldHealAsync();
        server.Deliver();
        foreach (var command in isSilent ? (string[])["LIST"] : ["LIST", "EXAMINE", "SEARCH", "FETCH"])
        {
            if (isSilent)
                server.Faults.Silence.Arm(command, value: true);
            else
                server.Faults.Delay.Arm(command, TimeSpan.FromSeconds(1));
        }

        var slow = server.PassAnewAsync();
        for (var i = 1; i <= 5; i++)
        {
            others.World.FindUser(other.Email)!.Inbox.Append("Subject: for Tom\r\n\r\nx\r\n"u8.ToArray());
            await server.Engine.Get<SyncPasses>().RunAsync(other, CancellationToken.None);
            server.Engine.Get<MailCaches>().Open(other).List(new MessageQuery()).Total.ShouldBe(i);
            server.ShouldAnswer();
        }

        slow.IsCompleted.ShouldBeFalse("the others were faster");
        (await slow).ShouldBe(isSilent ? "server_timeout" : null);
        await server.ShouldHealAsync();
    }

    /// <summary>The failure of a pass: of the account, or of the one folder in which the server does not answer.</summary>
    private static async Task<string?> FailureAsync(FaultyServer server, string command)
    {
        var failure = await server.PassAnewAsync();
        if (command is "CONNECT" or "AUTHENTICATE" or "LIST")
            return failure;
        failure.ShouldBeNull(command);
        return server.Cache.Folders().Single(folder => folder.Error is not null).Error is { Length: > 0 } ? "server_timeout" : null;
    }
}
