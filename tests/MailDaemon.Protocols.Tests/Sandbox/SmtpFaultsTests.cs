using MailDaemon.Protocols.Net;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class SmtpFaultsTests : SandboxTest
{
    [Fact]
    public async Task Connection_is_cut_after_so_many_reply_bytes()
    {
        await StartAsync();
        Servers.SmtpFaults.CutAfterReplyBytes.Arm(45, times: 1);
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort);

        await client.SendAsync("EHLO me\r\n");

        (await client.ReadToEndAsync()).ShouldBe("250-l");
    }

    [Fact]
    public async Task Reply_to_the_final_dot_is_lost_and_the_mail_was_accepted()
    {
        await StartAsync();
        await using var client = await UpToDataAsync();
        Servers.SmtpFaults.CutBeforeReply.Arm("END", value: true, times: 1);

        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        (await client.ReadToEndAsync()).ShouldBe("");
        Servers.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Reply_to_the_final_dot_is_lost_and_so_is_the_mail()
    {
        await StartAsync();
        await using var client = await UpToDataAsync();
        Servers.SmtpFaults.LoseMessage.Arm(value: true, times: 1);

        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        (await client.ReadToEndAsync()).ShouldBe("");
        Servers.Accepted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CONNECT", "554 5.3.2 No service")]
    [InlineData("EHLO", "502 5.5.1 Never heard of it")]
    [InlineData("AUTH", "432 4.7.12 A password transition is needed")]
    [InlineData("MAIL", "451 4.3.0 Try again later")]
    [InlineData("RCPT", "450 4.2.1 Mailbox busy")]
    [InlineData("DATA", "451 4.3.1 No space")]
    [InlineData("END", "550 5.7.1 Looks like spam")]
    public async Task Chosen_step_gets_the_chosen_reply(string step, string reply)
    {
        await StartAsync();
        Servers.SmtpFaults.Refuse.Arm(step, reply, times: 1);

        var replies = new List<string>();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort);
        replies.Add(client.Greeting);
        string[] commands =
        [
            "EHLO me", "AUTH PLAIN " + Convert.ToBase64String("\0lina@sandbox.test\0sandbox"u8), "MAIL FROM:<lina@sandbox.test>",
            "RCPT TO:<tom@sandbox.test>", "DATA", "Subject: x\r\n\r\n.",
        ];
        foreach (var command in commands.TakeWhile(_ => !replies[^1].StartsWith('4') && !replies[^1].StartsWith('5')))
        {
            replies.Add(await client.SmtpCommandAsync(command));
        }

        replies[^1].Replace("4.7.12 ", "").ShouldBe(step is "CONNECT" or "EHLO" ? reply.Remove(4, 6) : reply.Replace("4.7.12 ", ""));
        Servers.SmtpFaults.Refuse.HitsOf(step).ShouldBe(1);
        Servers.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Recipient_is_refused_by_address()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);
        Servers.SmtpFaults.RefuseRecipient.Arm("full@far.example", "452 4.2.2 Mailbox full");
        await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test>");

        (await client.SmtpCommandAsync("RCPT TO:<full@far.example>")).ShouldBe("452 4.2.2 Mailbox full");
        (await client.SmtpCommandAsync("RCPT TO:<other@far.example>")).ShouldBe("250 2.1.5 Ok");
    }

    [Theory]
    [InlineData(LoginRefusal.WrongPassword, "535 5.7.8 Invalid user or password")]
    [InlineData(LoginRefusal.Temporary, "454 4.7.0 Temporary authentication failure")]
    [InlineData(LoginRefusal.AuthorizationCodeNeeded, "535 Login fail. Please enter your authorization code to login. More information in https://service.mail.qq.com/detail/0/53")]
    public async Task Right_password_is_refused(LoginRefusal refusal, string expected)
    {
        await StartAsync();
        Servers.SmtpFaults.RefuseLogin.Arm(refusal, times: 1);
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort);
        await client.SmtpCommandAsync("EHLO me");

        (await client.SmtpCommandAsync("AUTH PLAIN " + Convert.ToBase64String("\0lina@sandbox.test\0sandbox"u8))).ShouldBe(expected);
        Servers.SmtpCounters.RefusedLogins.ShouldBe(1);
    }

    [Fact]
    public async Task Delayed_step_waits_for_the_clock()
    {
        await StartAsync();
        await using var client = await UpToDataAsync();
        Servers.SmtpFaults.Delay.Arm("END", TimeSpan.FromHours(2));

        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        await Clock.WaitForTimerAsync(TimeSpan.FromHours(2));
        Servers.Accepted.ShouldBeEmpty();
        Clock.Advance(TimeSpan.FromHours(2));

        (await client.ReadSmtpReplyAsync()).ShouldBe("250 2.0.0 Ok: queued as 1");
    }

    [Fact]
    public async Task Silent_step_is_never_answered()
    {
        await StartAsync();
        Servers.SmtpFaults.Silence.Arm("CONNECT", value: true, times: 1);
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort, withGreeting: false);

        var greeting = client.ReadLineAsync();
        while (Servers.SmtpFaults.Silence.HitsOf("CONNECT") == 0)
        {
            await Task.Yield();
        }

        await using var other = await RawClient.SmtpAsync(Servers);
        greeting.IsCompleted.ShouldBeFalse();
        await Servers.DisposeAsync();
        (await Should.ThrowAsync<WireException>(greeting)).Fault.ShouldBe(WireFault.Closed);
    }

    [Fact]
    public async Task Reply_does_not_end()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);
        Servers.SmtpFaults.EndlessReply.Arm("NOOP", value: true);

        await client.SendAsync("NOOP\r\n");

        (await client.ReadBytesAsync(200_000)).ShouldStartWith("250-and so on\r\n250-and so on\r\n");
    }

    [Fact]
    public async Task Reset_switches_everything_off()
    {
        await StartAsync();
        Servers.SmtpFaults.Refuse.Arm("*", "421 4.3.2 Closing");
        Servers.SmtpFaults.RefuseLogin.Arm(LoginRefusal.Temporary);

        Servers.SmtpFaults.Reset();

        await using var client = await RawClient.SmtpAsync(Servers);
        (await client.SmtpCommandAsync("NOOP")).ShouldBe("250 2.0.0 Ok");
    }

    private async Task<RawClient> UpToDataAsync()
    {
        var client = await RawClient.SmtpAsync(Servers);
        await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test>");
        await client.SmtpCommandAsync("RCPT TO:<tom@sandbox.test>");
        (await client.SmtpCommandAsync("DATA")).ShouldStartWith("354 ");
        return client;
    }
}
