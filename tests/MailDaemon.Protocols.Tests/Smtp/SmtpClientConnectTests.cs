using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;
using static MailDaemon.Protocols.Tests.Smtp.SmtpDialogue;

namespace MailDaemon.Protocols.Tests.Smtp;

public sealed class SmtpClientConnectTests
{
    [Fact]
    public async Task Greeting_of_many_lines_is_followed_by_ehlo()
    {
        await using var server = ScriptedServer.Dialogue("""
            S: 220-mail.example ESMTP
            S: 220 no spam
            C: EHLO [127.0.0.1]
            S: 250-mail.example
            S: 250-SIZE 1000
            S: 250 8BITMIME
            """);
        await using var client = await ConnectAsync(server);

        client.Capabilities.MaxSizeBytes.ShouldBe(1000);
        client.Capabilities.EightBitMime.ShouldBeTrue();
        client.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("554 5.3.2 go away", SmtpFault.Rejected, 554, "5.3.2", "go away")]
    [InlineData("421 4.3.2 too many connections", SmtpFault.Deferred, 421, "4.3.2", "too many connections")]
    [InlineData("450 try later", SmtpFault.Deferred, 450, null, "try later")]
    [InlineData("221 ESMTP server not ready", SmtpFault.Protocol, 221, null, "ESMTP server not ready")]
    [InlineData("* OK IMAP4rev1 ready", SmtpFault.Protocol, null, null, "")]
    [InlineData("SSH-2.0-OpenSSH_9.2", SmtpFault.Protocol, null, null, "")]
    public async Task Greeting_that_is_none_carries_the_servers_words(string greeting, SmtpFault fault, int? code, string? enhanced, string text)
    {
        await using var server = ScriptedServer.Dialogue("S: " + greeting);

        var e = await RefusalAsync(() => ConnectAsync(server));

        (e.Fault, e.ReplyCode, e.EnhancedCode, e.ServerText).ShouldBe((fault, code, enhanced, text));
        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("502 5.5.1 unknown")]
    [InlineData("504 EHLO not implemented.")]
    public async Task Server_without_ehlo_gets_helo_and_has_no_extensions(string refusal)
    {
        await using var server = ScriptedServer.Dialogue($"""
            S: 220 old.example
            C: EHLO [127.0.0.1]
            S: {refusal}
            C: HELO [127.0.0.1]
            S: 250 old.example hello
            C: QUIT
            S: 221 bye
            """);
        await using var client = await ConnectAsync(server);

        client.Capabilities.IsExtended.ShouldBeFalse();
        client.Capabilities.ServerName.ShouldBe("old.example");
        client.Capabilities.AuthMechanisms.ShouldBeEmpty();
        await client.QuitAsync(default);
        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("S: 550 5.7.1 you are blocked", SmtpFault.Rejected)]
    [InlineData("S: 421 busy", SmtpFault.Deferred)]
    [InlineData("S: 451 busy", SmtpFault.Deferred)]
    [InlineData("S: 502 unknown\nC: HELO [127.0.0.1]\nS: 550 no", SmtpFault.Rejected)]
    public async Task Refused_hello_ends_it(string rest, SmtpFault fault)
    {
        await using var server = ScriptedServer.Dialogue("S: 220 x\nC: EHLO [127.0.0.1]\n" + rest);

        (await RefusalAsync(() => ConnectAsync(server))).Fault.ShouldBe(fault);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task What_was_offered_before_starttls_is_forgotten()
    {
        using var leaf = TestCertificates.Leaf();
        await using var server = ScriptedServer.Dialogue(
            """
            S: 220 mail.example
            C: EHLO [127.0.0.1]
            S: 250-mail.example
            S: 250-STARTTLS
            S: 250-SMTPUTF8
            S: 250 AUTH CRAM-MD5
            C: STARTTLS
            S: 220 go
            S: <tls>
            C: EHLO [127.0.0.1]
            S: 250-mail.example
            S: 250 AUTH PLAIN
            """,
            leaf);
        await using var client = await ConnectAsync(server, new WireOptions { TrustedCertificates = TestCertificates.Public(leaf) }, WireSecurity.StartTls);

        client.Capabilities.AuthMechanisms.ShouldBe(["PLAIN"]);
        client.Capabilities.SmtpUtf8.ShouldBeFalse();
        client.Capabilities.StartTls.ShouldBeFalse();
    }

    [Theory]
    [InlineData("S: 250 AUTH PLAIN")]
    [InlineData("S: 250 XSTARTTLS")]
    public async Task Server_without_starttls_gets_nothing_in_clear_text(string offer)
    {
        await using var server = ScriptedServer.Dialogue(Hello + offer);

        (await WireStreamTests.FaultAsync(() => ConnectAsync(server, security: WireSecurity.StartTls))).ShouldBe(WireFault.TlsFailed);
        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("454 4.7.0 TLS not available", SmtpFault.Deferred)]
    [InlineData("502 5.5.1 what", SmtpFault.Rejected)]
    [InlineData("250 OK", SmtpFault.Protocol)]
    public async Task Refused_starttls_is_no_way_to_clear_text(string reply, SmtpFault fault)
    {
        await using var server = ScriptedServer.Dialogue($"{Hello}S: 250 STARTTLS\nC: STARTTLS\nS: {reply}");

        (await RefusalAsync(() => ConnectAsync(server, security: WireSecurity.StartTls))).Fault.ShouldBe(fault);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Reply_injected_before_tls_ends_the_connection()
    {
        using var leaf = TestCertificates.Leaf();
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("220 x");
            await peer.ExpectAsync("EHLO [127.0.0.1]");
            await peer.SendAsync("250-x", "250 STARTTLS");
            await peer.ExpectAsync("STARTTLS");
            await peer.SendAsync("220 go", "250-x", "250 AUTH PLAIN");
            await peer.ExpectEndAsync();
        });

        (await WireStreamTests.FaultAsync(() => ConnectAsync(server, security: WireSecurity.StartTls))).ShouldBe(WireFault.TlsFailed);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Untrusted_certificate_is_refused_with_starttls_too()
    {
        using var leaf = TestCertificates.Leaf();
        await using var server = ScriptedServer.Dialogue($"{Hello}S: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nS: <tls>", leaf);

        (await WireStreamTests.FaultAsync(() => ConnectAsync(server, security: WireSecurity.StartTls))).ShouldBe(WireFault.CertificateUntrusted);
    }

    [Fact]
    public async Task Implicit_tls_needs_no_starttls()
    {
        using var leaf = TestCertificates.Leaf();
        await using var server = ScriptedServer.Dialogue("S: <tls>\n" + Plain, leaf);
        await using var client = await ConnectAsync(server, new WireOptions { TrustedCertificates = TestCertificates.Public(leaf) }, WireSecurity.Tls);

        client.Capabilities.IsExtended.ShouldBeTrue();
    }

    [Fact]
    public async Task Noop_is_answered_or_the_connection_is_over()
    {
        await using var server = ScriptedServer.Dialogue(Plain + "C: NOOP\nS: 250 2.0.0 OK\nC: NOOP\nS: 502 no\nC: NOOP\nS: <close>");
        await using var client = await ConnectAsync(server);

        await client.NoopAsync(default);
        (await RefusalAsync(() => client.NoopAsync(default))).Fault.ShouldBe(SmtpFault.Rejected);
        client.IsUsable.ShouldBeTrue();
        (await WireStreamTests.FaultAsync(() => client.NoopAsync(default))).ShouldBe(WireFault.Closed);
        client.IsUsable.ShouldBeFalse();
        (await WireStreamTests.FaultAsync(() => client.NoopAsync(default))).ShouldBe(WireFault.Closed);
    }

    [Theory]
    [InlineData("S: 221 bye")]
    [InlineData("S: 500 what")]
    [InlineData("S: nonsense")]
    [InlineData("S: <close>")]
    public async Task Goodbye_always_succeeds(string answer)
    {
        await using var server = ScriptedServer.Dialogue(Plain + "C: QUIT\n" + answer);
        var client = await ConnectAsync(server);

        await client.QuitAsync(default);
        await client.QuitAsync(default);
        await client.DisposeAsync();

        client.IsUsable.ShouldBeFalse();
        await server.PlayedAsync();
    }

    [SmtpCorpusFact]
    public async Task Recorded_replies_to_ehlo_tell_what_each_server_offers()
    {
        (await OfferAsync("comcast-ehlo.txt")).ShouldBe("AUTH LOGIN,PLAIN SIZE 36700160 8BITMIME STARTTLS");
        (await OfferAsync("comcast-ehlo+digest-md5.txt")).ShouldBe("AUTH LOGIN,PLAIN,DIGEST-MD5 SIZE 36700160 8BITMIME STARTTLS");
        (await OfferAsync("comcast-ehlo+pipelining.txt")).ShouldBe("AUTH LOGIN,PLAIN SIZE 36700160 8BITMIME STARTTLS PIPELINING");
        (await OfferAsync("comcast-ehlo+smtputf8.txt")).ShouldBe("AUTH LOGIN,PLAIN SIZE 36700160 8BITMIME STARTTLS SMTPUTF8");
        (await OfferAsync("comcast-ehlo+dsn.txt")).ShouldBe("AUTH LOGIN,PLAIN SIZE 36700160 8BITMIME STARTTLS PIPELINING DSN");
        (await OfferAsync("comcast-ehlo+x-exps.txt")).ShouldBe("AUTH  SIZE 36700160 8BITMIME STARTTLS");
    }

    private static async Task<string> OfferAsync(string recorded)
    {
        var reply = await SmtpCorpus.ReadAsync(recorded);
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-greeting.txt"));
            await peer.ExpectAsync("EHLO [127.0.0.1]");
            await peer.SendRawAsync(reply);
            await peer.ExpectEndAsync();
        });
        await using var client = await ConnectAsync(server);
        var offer = client.Capabilities;
        return $"AUTH {string.Join(',', offer.AuthMechanisms)} SIZE {offer.MaxSizeBytes}"
            + (offer.EightBitMime ? " 8BITMIME" : "") + (offer.StartTls ? " STARTTLS" : "") + (offer.Pipelining ? " PIPELINING" : "")
            + (offer.SmtpUtf8 ? " SMTPUTF8" : "") + (offer.Dsn ? " DSN" : "");
    }
}
