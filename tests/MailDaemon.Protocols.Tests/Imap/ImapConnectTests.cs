using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapConnectTests
{
    private static readonly SaslCredential Password = SaslCredential.ForPassword("user", "pencil");

    [Fact]
    public async Task Capabilities_of_the_greeting_are_taken()
    {
        await using var server = ScriptedServer.Dialogue("S: * OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] hello");

        await using var client = await ConnectAsync(server);

        client.Capabilities.Has("idle").ShouldBeTrue();
        client.Capabilities.AuthMechanisms.ShouldBe(["PLAIN"]);
        client.Greeting.ShouldBe("hello");
        client.State.ShouldBe(ImapState.NotAuthenticated);
    }

    [Fact]
    public async Task Capabilities_are_asked_for_when_the_greeting_has_none()
    {
        await using var server = ScriptedServer.Dialogue("S: * OK hello\nC: A1 CAPABILITY\nS: * capability imap4rev1  starttls \nS: A1 OK done");

        await using var client = await ConnectAsync(server);

        client.Capabilities.Has("STARTTLS").ShouldBeTrue();
    }

    [Theory]
    [InlineData("* BYE too many connections", ImapFault.Bye, "too many connections")]
    [InlineData("HTTP/1.1 400 Bad Request", ImapFault.Protocol, "HTTP/1.1")]
    [InlineData("220 smtp.example ESMTP", ImapFault.Protocol, "220 smtp")]
    [InlineData("* NO not now", ImapFault.Protocol, "* NO")]
    public async Task Server_that_does_not_greet_is_refused(string greeting, ImapFault fault, string words)
    {
        await using var server = ScriptedServer.Dialogue("S: " + greeting);

        var e = await Should.ThrowAsync<ImapException>(() => ConnectAsync(server));

        e.Fault.ShouldBe(fault);
        e.Message.ShouldContain(words);
    }

    [Fact]
    public async Task Starttls_forgets_what_was_told_in_clear_text()
    {
        using var certificate = TestCertificates.Leaf();
        await using var server = ScriptedServer.Dialogue(
            """
            S: * OK [CAPABILITY IMAP4rev1 STARTTLS X-LIE] hello
            C: A1 STARTTLS
            S: A1 OK go
            S: <tls>
            C: A2 CAPABILITY
            S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
            S: A2 OK done
            """,
            certificate);

        await using var client = await ImapClient.ConnectAsync(
            server.Endpoint(WireSecurity.StartTls, "localhost"), new WireOptions { TrustedCertificates = TestCertificates.Public(certificate) }, null, default);

        client.Capabilities.Has("X-LIE").ShouldBeFalse();
        client.Capabilities.Has("AUTH=PLAIN").ShouldBeTrue();
    }

    [Theory]
    [InlineData("S: * OK [CAPABILITY IMAP4rev1] hello")]
    [InlineData("S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello")]
    [InlineData("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\nC: A1 STARTTLS\nS: A1 NO not today")]
    [InlineData("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\nC: A1 STARTTLS\nS: A1 BAD what")]
    public async Task Without_starttls_there_is_no_connection(string dialogue)
    {
        await using var server = ScriptedServer.Dialogue(dialogue);

        await Should.ThrowAsync<ImapException>(() => ImapClient.ConnectAsync(server.Endpoint(WireSecurity.StartTls), new WireOptions(), null, default));

        await server.PlayedAsync();
    }

    [Fact]
    public async Task Clear_text_behind_the_reply_to_starttls_ends_the_connection()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello");
            await peer.ExpectAsync("A1 STARTTLS");
            await peer.SendRawAsync("A1 OK go\r\n* PREAUTH injected\r\n");
            await peer.ReadLineAsync();
        });

        var e = await Should.ThrowAsync<WireException>(() => ImapClient.ConnectAsync(server.Endpoint(WireSecurity.StartTls), new WireOptions(), null, default));

        e.Fault.ShouldBe(WireFault.TlsFailed);
    }

    [Fact]
    public async Task Login_is_used_when_no_mechanism_is_offered()
    {
        await using var server = ScriptedServer.Dialogue(
            """
            S: * OK [CAPABILITY IMAP4rev1] hello
            C: A1 LOGIN user pencil
            S: A1 OK [CAPABILITY IMAP4rev1 FROM-LOGIN] in
            C: A2 CAPABILITY
            S: * CAPABILITY IMAP4rev1 IDLE 
            S: A2 OK done
            """);
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.State.ShouldBe(ImapState.Authenticated);
        client.Capabilities.Names.ShouldBe(["IMAP4rev1", "IDLE"], ignoreOrder: true);
    }

    [Fact]
    public async Task Odd_password_is_a_literal_the_server_consents_to()
    {
        await using var server = ScriptedServer.Dialogue(
            """
            S: * OK [CAPABILITY IMAP4rev1] hello
            C: A1 LOGIN "user name" {7}
            S: * OK still thinking
            S: + go
            C: pa"ss\1
            S: A1 OK in
            C: A2 CAPABILITY
            S: * CAPABILITY IMAP4rev1
            S: A2 OK done
            """);
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(SaslCredential.ForPassword("user name", "pa\"ss\\1"), default);

        await server.DisposeAsync();
        client.State.ShouldBe(ImapState.Authenticated);
    }

    [Fact]
    public async Task Initial_response_is_sent_with_the_command_where_offered()
    {
        await using var server = ScriptedServer.Dialogue(
            """
            S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello
            C: A1 AUTHENTICATE PLAIN AHVzZXIAcGVuY2ls
            S: A1 OK in
            C: A2 CAPABILITY
            S: * CAPABILITY IMAP4rev1
            S: A2 OK done
            """);
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.State.ShouldBe(ImapState.Authenticated);
    }

    [Fact]
    public async Task Initial_response_waits_for_the_first_challenge_elsewhere()
    {
        await using var server = ScriptedServer.Dialogue(
            """
            S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello
            C: A1 AUTHENTICATE PLAIN
            S: +
            C: AHVzZXIAcGVuY2ls
            S: A1 OK in
            C: A2 CAPABILITY
            S: * CAPABILITY IMAP4rev1
            S: A2 OK done
            """);
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.State.ShouldBe(ImapState.Authenticated);
    }

    [Fact]
    public async Task Refused_token_is_answered_emptily_and_its_reason_kept()
    {
        await using var server = ScriptedServer.Dialogue(
            """
            S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hello
            C: A1 AUTHENTICATE XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHRvawEB
            S: + eyJzdGF0dXMiOiI0MDAifQ==
            C: 
            S: A1 NO SASL authentication failed
            """);
        await using var client = await ConnectAsync(server);

        var e = await Should.ThrowAsync<ImapException>(() => client.AuthenticateAsync(SaslCredential.ForAccessToken("user", "tok"), default));

        e.Fault.ShouldBe(ImapFault.AuthenticationFailed);
        e.ServerText.ShouldContain("400");
        client.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task Wrong_challenge_cancels_the_exchange()
    {
        await using var hostile = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hello");
            (await peer.ReadLineAsync())!.ShouldStartWith("A1 AUTHENTICATE SCRAM-SHA-256 biws");
            await peer.SendAsync("+ !!!");
            await peer.ExpectAsync("*");
            await peer.SendAsync("A1 BAD cancelled");
        });
        await using var client = await ConnectAsync(hostile);

        var e = await Should.ThrowAsync<ImapException>(() => client.AuthenticateAsync(Password, default));

        e.Fault.ShouldBe(ImapFault.AuthenticationFailed);
        await hostile.PlayedAsync();
    }

    [Theory]
    [InlineData("IMAP4rev1 LOGINDISABLED")]
    [InlineData("IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2")]
    public async Task Password_is_not_sent_where_login_is_disabled(string capabilities)
    {
        await using var server = ScriptedServer.Dialogue($"S: * OK [CAPABILITY {capabilities}] hello");
        await using (var client = await ConnectAsync(server))
        {
            var e = await Should.ThrowAsync<ImapException>(() => client.AuthenticateAsync(Password, default));
            e.Fault.ShouldBe(ImapFault.LoginDisabled);
        }

        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("NO [AUTHENTICATIONFAILED] Invalid credentials", ImapFault.AuthenticationFailed, "AUTHENTICATIONFAILED")]
    [InlineData("NO LOGIN Login error password error", ImapFault.AuthenticationFailed, null)]
    [InlineData("NO [UNAVAILABLE] Temporary authentication failure", ImapFault.AuthenticationTemporary, "UNAVAILABLE")]
    [InlineData("NO [INUSE] x", ImapFault.AuthenticationTemporary, "INUSE")]
    [InlineData("NO [ALERT] Too many simultaneous connections. (Failure)", ImapFault.AuthenticationTemporary, "ALERT")]
    [InlineData("BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", ImapFault.AuthenticationTemporary, null)]
    [InlineData("NO [PRIVACYREQUIRED] TLS first", ImapFault.LoginDisabled, "PRIVACYREQUIRED")]
    public async Task Refusals_are_told_apart(string reply, ImapFault fault, string? code)
    {
        await using var server = ScriptedServer.Dialogue($"S: * OK [CAPABILITY IMAP4rev1] hello\nC: A1 LOGIN user pencil\nS: A1 {reply}");
        await using var client = await ConnectAsync(server);

        var e = await Should.ThrowAsync<ImapException>(() => client.AuthenticateAsync(Password, default));

        (e.Fault, e.ResponseCode).ShouldBe((fault, code));
    }

    [Fact]
    public async Task Bye_during_login_ends_the_connection_with_its_text()
    {
        await using var server = ScriptedServer.Dialogue("S: * OK [CAPABILITY IMAP4rev1] hello\nC: A1 LOGIN user pencil\nS: * BYE Go away\u0007");
        await using var client = await ConnectAsync(server);

        var e = await Should.ThrowAsync<ImapException>(() => client.AuthenticateAsync(Password, default));

        (e.Fault, e.ServerText).ShouldBe((ImapFault.Bye, "Go away "));
        client.IsUsable.ShouldBeFalse();
    }

    [Theory]
    [InlineData("IMAP4rev1")]
    [InlineData("IMAP4rev1 AUTH=PLAIN")]
    [InlineData("IMAP4rev1 AUTH=PLAIN SASL-IR")]
    [InlineData("IMAP4rev1 AUTH=LOGIN")]
    [InlineData("IMAP4rev1 AUTH=XOAUTH2")]
    public async Task Secrets_are_not_in_the_transcript(string capabilities)
    {
        const string Canary = "canary-pencil";
        var transcript = new List<string>();
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync($"* OK [CAPABILITY {capabilities}] hello");
            for (var i = 0; i < 4 && await peer.ReadLineAsync() is { } line; i++)
            {
                // An ill-mannered server repeats what it was sent.
                await peer.SendAsync(line.StartsWith("A1 ", StringComparison.Ordinal) && !line.Contains("LOGIN u", StringComparison.Ordinal) && i == 0 ? "+ " : $"* OK you said {line}");
                if (i == 3 || line.Contains(Canary, StringComparison.Ordinal))
                {
                    await peer.SendAsync($"A1 NO {line}");
                }
            }
        });
        await using var client = await ImapClient.ConnectAsync(
            server.Endpoint(),
            new WireOptions { IdleTimeout = TimeSpan.FromSeconds(1), Transcript = (_, line) => transcript.Add(line) },
            null,
            default);

        var credential = capabilities.Contains("XOAUTH2", StringComparison.Ordinal)
            ? SaslCredential.ForAccessToken("u", Canary)
            : SaslCredential.ForPassword("u", Canary);
        var e = await Should.ThrowAsync<Exception>(() => client.AuthenticateAsync(credential, default));

        var text = string.Join('\n', transcript) + e + (e as ImapException)?.ServerText;
        text.ShouldContain("A1 ");
        text.ShouldNotContain(Canary);
        foreach (var form in new[] { Canary, $"\0u\0{Canary}", $"user=u\u0001auth=Bearer {Canary}\u0001\u0001" })
        {
            text.ShouldNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(form)));
        }
    }

    private static Task<ImapClient> ConnectAsync(ScriptedServer server) =>
        ImapClient.ConnectAsync(server.Endpoint(), new WireOptions { IdleTimeout = TimeSpan.FromSeconds(10) }, null, default);
}
