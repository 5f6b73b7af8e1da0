using MailDaemon.Sandbox.Net;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Servers that let nobody in, or send away whom they let in.</summary>
public sealed class TurnedAwayTests : IAsyncLifetime
{
    private FaultyServer server = null!;

    public async Task InitializeAsync()
    {
        server = await FaultyServer.StartReadAsync();
        server.Deliver();
        server.ToggleStar(2);
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData(LoginRefusal.WrongPassword, "auth_failed")]
    [InlineData(LoginRefusal.AuthorizationCodeNeeded, "auth_failed")]
    [InlineData(LoginRefusal.Temporary, "server_unavailable")]
    public async Task Refused_login_is_told_and_over_when_it_is(LoginRefusal refusal, string code)
    {
        server.Faults.RefuseLogin.Arm(refusal);

        (await server.PassAnewAsync()).ShouldBe(code);
        (await server.PassAsync()).ShouldBe(code);

        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(400)]
    public async Task Server_that_drops_whoever_comes_is_told(int afterBytes)
    {
        server.Faults.CutAfterReplyBytes.Arm(afterBytes);

        (await server.PassAnewAsync()).ShouldBe("connection_lost");

        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Goodbye_for_a_greeting_is_told()
    {
        server.Faults.Goodbye.Arm("Too many connections");

        (await server.PassAnewAsync()).ShouldBe("server_unavailable");

        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData("AUTHENTICATE")]
    [InlineData("ENABLE")]
    [InlineData("LIST")]
    [InlineData("EXAMINE")]
    [InlineData("SEARCH")]
    [InlineData("FETCH")]
    public async Task Goodbye_in_the_middle_costs_nothing(string command)
    {
        server.Faults.Inject.Arm(command, "* BYE Maintenance");

        (await server.PassAnewAsync()).ShouldBe("server_unavailable");

        server.Faults.Inject.HitsOf(command).ShouldBeGreaterThan(0);
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData("LIST", "server_refused")]
    [InlineData("ENABLE", "server_refused")]
    [InlineData("EXAMINE", null)]
    [InlineData("SEARCH", null)]
    [InlineData("FETCH", null)]
    public async Task Refused_command_is_given_again_later(string command, string? code)
    {
        foreach (var words in (string[])["NO [LIMIT] Slow down", "NO [UNAVAILABLE] Not now", "NO", "BAD What?"])
        {
            server.Deliver();
            server.Faults.Refuse.Arm(command, words);

            // That a server means to do it later concerns what waits for it; a pass goes on as after any other refusal.
            var expected = code is not null && words.Contains("UNAVAILABLE", StringComparison.Ordinal) ? "server_unavailable" : code;
            (await server.PassAnewAsync()).ShouldBe(expected, words);

            await server.ShouldHealAsync(words);
        }
    }
}
