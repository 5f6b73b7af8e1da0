using MailDaemon.Protocols.Net;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapServerTests : SandboxTest
{
    [Fact]
    public async Task Login_in_clear_text_is_refused()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapStartTlsPort, WireSecurity.None);

        var reply = await client.CommandAsync("LOGIN lina@sandbox.test sandbox");

        client.Greeting.ShouldContain("STARTTLS LOGINDISABLED");
        client.Greeting.ShouldNotContain("AUTH=");
        reply.ShouldBe(["NO [PRIVACYREQUIRED] Use STARTTLS first"]);
    }

    [Fact]
    public async Task Starttls_then_login_gives_the_capabilities_of_a_user()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapStartTlsPort, WireSecurity.None);

        (await client.CommandAsync("STARTTLS")).ShouldBe(["OK Begin TLS now"]);
        await client.UpgradeToTlsAsync();
        var reply = await client.CommandAsync("LOGIN \"LINA@sandbox.test\" {7+}\r\nsandbox");

        reply.ShouldBe(["OK [CAPABILITY IMAP4rev1 APPENDLIMIT=52428800 BINARY CHILDREN COMPRESS=DEFLATE CONDSTORE CREATE-SPECIAL-USE ENABLE ESEARCH ID IDLE LIST-EXTENDED LIST-STATUS LITERAL+ "
            + "MOVE NAMESPACE OBJECTID QRESYNC SASL-IR SPECIAL-USE STATUS=SIZE UIDPLUS UNSELECT WITHIN] Logged in"]);
        Servers.ImapCounters.Logins.ShouldBe(1);
    }

    [Theory]
    [InlineData("PLAIN AGxpbmFAc2FuZGJveC50ZXN0AHNhbmRib3g=", "OK ")]
    [InlineData("PLAIN AGxpbmFAc2FuZGJveC50ZXN0AHdyb25n", "NO [AUTHENTICATIONFAILED] Invalid user or password")]
    [InlineData("PLAIN =", "BAD Invalid PLAIN message")]
    [InlineData("PLAIN !!!", "BAD Invalid base64")]
    [InlineData("XOAUTH2 abcd", "NO [CANNOT] The mechanism is not offered")]
    public async Task Authenticate_with_initial_response_is_answered(string arguments, string expected)
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        (await client.CommandAsync("AUTHENTICATE " + arguments)).Last().ShouldStartWith(expected);
    }

    [Fact]
    public async Task Authenticate_login_asks_for_name_and_password()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        await client.SendAsync("a AUTHENTICATE LOGIN\r\n");
        (await client.ReadLineAsync()).ShouldBe("+ VXNlcm5hbWU6");
        await client.SendAsync(Convert.ToBase64String("lina@sandbox.test"u8) + "\r\n");
        (await client.ReadLineAsync()).ShouldBe("+ UGFzc3dvcmQ6");
        await client.SendAsync(Convert.ToBase64String("sandbox"u8) + "\r\n");

        (await client.ReadLineAsync()).ShouldStartWith("a OK [CAPABILITY ");
    }

    [Fact]
    public async Task Fifth_wrong_password_ends_the_connection()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        for (var i = 0; i < 5; i++)
        {
            (await client.CommandAsync("LOGIN lina@sandbox.test guess")).ShouldBe(["NO [AUTHENTICATIONFAILED] Invalid user or password"]);
        }

        (await client.ReadToEndAsync()).ShouldBe("");
        Servers.ImapCounters.RefusedLogins.ShouldBe(5);
    }

    [Theory]
    [InlineData("SELECT INBOX", "BAD Unknown command, or not allowed now")]
    [InlineData("NONSENSE", "BAD Unknown command, or not allowed now")]
    [InlineData("LOGIN onlyname", "BAD Missing argument")]
    [InlineData("CAPABILITY more", "BAD Unexpected argument")]
    [InlineData("LOGIN \"open", "BAD Expected \"")]
    public async Task Bad_command_before_login_is_told_and_the_dialogue_goes_on(string command, string expected)
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        (await client.CommandAsync(command)).ShouldBe([expected]);
        (await client.CommandAsync("NOOP")).ShouldBe(["OK Completed"]);
    }

    [Fact]
    public async Task Switched_off_extensions_are_neither_offered_nor_obeyed()
    {
        await StartAsync(new ImapServerOptions().Without("MOVE", "UIDPLUS", "IDLE", "CONDSTORE", "LITERAL+", "ESEARCH", "NAMESPACE", "ID", "UNSELECT"));
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("CAPABILITY"))[0].ShouldBe(
            "CAPABILITY IMAP4rev1 APPENDLIMIT=52428800 BINARY CHILDREN COMPRESS=DEFLATE CREATE-SPECIAL-USE ENABLE LIST-EXTENDED LIST-STATUS OBJECTID SASL-IR SPECIAL-USE STATUS=SIZE WITHIN");
        foreach (var command in new[] { "UID MOVE 1 Trash", "UID EXPUNGE 1", "IDLE", "UID FETCH 1 (MODSEQ)", "NAMESPACE", "ID NIL", "UNSELECT", "SEARCH RETURN (ALL) ALL" })
        {
            (await client.CommandAsync(command)).Last().ShouldStartWith("BAD ", customMessage: command);
        }

        (await client.CommandAsync("ENABLE QRESYNC CONDSTORE"))[0].ShouldBe("ENABLED");
        (await client.CommandAsync("UID COPY 1 Trash")).ShouldBe(["OK COPY completed"]);
    }

    [Fact]
    public async Task Id_is_needed_when_the_options_say_so()
    {
        await StartAsync(new ImapServerOptions { NeedsId = true });
        await using var client = await RawClient.ImapAsync(Servers);

        (await client.CommandAsync("SELECT INBOX")).ShouldBe(["NO SELECT Unsafe Login. Please contact kefu@188.com for help"]);
        (await client.CommandAsync("ID (\"name\" \"MailDaemon\" \"version\" NIL)")).Last().ShouldBe("OK ID completed");
        (await client.CommandAsync("SELECT INBOX")).Last().ShouldBe("OK [READ-WRITE] SELECT completed");
    }

    [Fact]
    public async Task Too_large_literal_is_refused_before_it_is_sent()
    {
        await StartAsync(new ImapServerOptions { MaxMessageBytes = 1000 });
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("APPEND INBOX {1001}")).ShouldBe(["NO [TOOBIG] The literal is not accepted"]);
        (await client.CommandAsync("NOOP")).ShouldBe(["OK Completed"]);
        await client.SendAsync("x APPEND INBOX {5000000000+}\r\n");
        (await client.ReadToEndAsync()).ShouldBe("* BYE [TOOBIG] The literal is not accepted\r\n");
    }

    [Fact]
    public async Task Endless_line_ends_the_connection()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);

        await client.SendAsync(new string('a', 70_000));

        (await client.ReadToEndAsync()).ShouldBe("* BYE [TOOBIG] The line is too long\r\n");
    }

    [Fact]
    public async Task Silent_client_is_sent_away()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        await Clock.WaitForTimerAsync(TimeSpan.FromMinutes(30));

        Clock.Advance(TimeSpan.FromMinutes(30));

        (await client.ReadToEndAsync()).ShouldBe("* BYE Too long without a command\r\n");
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed()
    {
        await StartAsync(new ImapServerOptions { MaxConnections = 2 });
        await using var first = await RawClient.ImapAsync(Servers);
        await using var second = await RawClient.ImapAsync(Servers);

        await Should.ThrowAsync<WireException>(RawClient.ConnectAsync(Servers, Servers.ImapPort));
        (await first.CommandAsync("NOOP")).ShouldBe(["OK Completed"]);
        Servers.ImapCounters.OpenConnections.ShouldBe(2);
    }

    [Fact]
    public async Task Pipelined_commands_are_answered_in_their_order()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);

        await client.SendAsync("a CREATE one\r\nb STATUS one (MESSAGES)\r\nc DELETE one\r\nd LOGOUT\r\n");

        var text = await client.ReadToEndAsync();
        text.ShouldEndWith("* STATUS \"one\" (MESSAGES 0)\r\nb OK STATUS completed\r\nc OK DELETE completed\r\n* BYE Good bye\r\nd OK LOGOUT completed\r\n");
    }

    [Fact]
    public async Task Many_sessions_at_once_lose_and_double_nothing()
    {
        await StartAsync();
        for (var i = 0; i < 200; i++)
        {
            Put($"message {i}");
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            await using var client = await RawClient.ImapAsync(Servers, "INBOX");
            for (var uid = worker + 1; uid <= 200; uid += 8)
            {
                (await client.CommandAsync($"UID STORE {uid} +FLAGS.SILENT (w{worker})")).Last().ShouldBe("OK STORE completed");
                (await client.CommandAsync($"UID MOVE {uid} Archive")).Last().ShouldBe("OK MOVE completed");
                (await client.CommandAsync($"APPEND INBOX {{9+}}\r\n\r\nworker{worker}")).Last().ShouldStartWith("OK ");
            }
        }));

        var archive = Lina.Find("Archive")!;
        Lina.Inbox.Messages.Count.ShouldBe(200);
        Lina.Inbox.UidNext.ShouldBe(401u);
        archive.Messages.Select(m => m.EmailId).Distinct().Count().ShouldBe(200);
        archive.Messages.Select(m => m.Uid).ShouldBe(Enumerable.Range(1, 200).Select(n => (uint)n));
        archive.Messages.Count(m => m.Flags.Contains("w3")).ShouldBe(25);
    }
}
