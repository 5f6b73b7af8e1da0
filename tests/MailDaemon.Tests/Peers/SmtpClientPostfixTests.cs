using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Smtp;

namespace MailDaemon.Tests.Peers;

/// <summary>Our SMTP client against a real Postfix with Dovecot's logins.</summary>
[Collection(MailPeers.Collection)]
public sealed class SmtpClientPostfixTests(MailPeers peers)
{
    [PeerTheory(Peer.Dovecot, Peer.Postfix)]
    [InlineData(WireSecurity.Tls)]
    [InlineData(WireSecurity.StartTls)]
    public async Task Many_messages_arrive_over_one_connection_signed_in_by_scram(WireSecurity security)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (sender, recipient) = (peers.NewUser(), peers.NewUser());
        var transcript = new List<string>();
        await using var client = await SignInAsync(peers.Postfix, sender, security, transcript);

        for (var i = 0; i < 3; i++)
        {
            (await client.SendAsync(Mail(sender, recipient.Address), Letter($"Subject: {i}\n\nx\n"), limit.Token)).ServerText.ShouldContain("queued as");
        }

        await client.QuitAsync(limit.Token);
        await peers.Dovecot.UntilMessagesAsync(recipient, "INBOX", 3, limit.Token);
        transcript.ShouldContain("AUTH SCRAM-SHA-256 ***");
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Message_with_dots_and_bare_line_ends_arrives_whole_and_as_one()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (sender, recipient) = (peers.NewUser(), peers.NewUser());
        await using var client = await SignInAsync(peers.Postfix, sender, WireSecurity.Tls);

        await client.SendAsync(
            Mail(sender, recipient.Address), Letter("Subject: dots\n\n.\n..a\r.\r\n.\nMAIL FROM:<evil@mail.test>\r\nRCPT TO:<evil@mail.test>\nDATA\n\n.\r"), limit.Token);
        await client.SendAsync(Mail(sender, recipient.Address), Letter("Subject: after\n\nlast\n"), limit.Token);
        await peers.Dovecot.UntilMessagesAsync(recipient, "INBOX", 2, limit.Token);

        var body = await peers.Dovecot.DoveadmAsync(limit.Token, "fetch", "-u", recipient.Address, "body", "mailbox", "INBOX", "header", "Subject", "dots");
        body.ReplaceLineEndings("\n").ShouldContain(".\n..a\n.\n.\nMAIL FROM:<evil@mail.test>\nRCPT TO:<evil@mail.test>\nDATA\n\n.\n");
    }

    [PeerTheory(Peer.Dovecot, Peer.Postfix)]
    [InlineData("")]
    [InlineData("PIPELINING")]
    public async Task Refused_recipients_are_named_in_their_order(string without)
    {
        await using var postfix = await PostfixServer.StartAsync(peers.Dovecot, new PostfixOptions { WithoutKeywords = without.Length == 0 ? [] : [without] });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (sender, recipient) = (peers.NewUser(), peers.NewUser());
        await using var client = await SignInAsync(postfix, sender, WireSecurity.Tls);
        var mail = Mail(sender, PostfixServer.BusyRecipient, recipient.Address, PostfixServer.UnknownRecipient, PostfixServer.FullRecipient);

        client.Capabilities.Pipelining.ShouldBe(without.Length == 0);
        var e = await Should.ThrowAsync<SmtpException>(() => client.SendAsync(mail, Letter("Subject: x\n\nx"), limit.Token));
        var receipt = await client.SendAsync(mail with { AllowPartial = true }, Letter("Subject: x\n\nx"), limit.Token);
        await peers.Dovecot.UntilMessagesAsync(recipient, "INBOX", 1, limit.Token);

        e.Fault.ShouldBe(SmtpFault.RecipientsRefused);
        e.Refusals.Select(r => (r.Address, r.ReplyCode, r.EnhancedCode)).ShouldBe(
            [(PostfixServer.BusyRecipient, 451, "4.7.1"), (PostfixServer.UnknownRecipient, 550, "5.1.1"), (PostfixServer.FullRecipient, 452, "4.2.2")]);
        receipt.Refused.Select(r => r.Address).ShouldBe([PostfixServer.BusyRecipient, PostfixServer.UnknownRecipient, PostfixServer.FullRecipient]);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Greylisted_recipient_defers_the_message()
    {
        var sender = peers.NewUser();
        await using var client = await SignInAsync(peers.Postfix, sender, WireSecurity.Tls);

        var e = await Should.ThrowAsync<SmtpException>(() => client.SendAsync(Mail(sender, PostfixServer.BusyRecipient), Letter("x"), default));

        (e.Fault, e.ReplyCode).ShouldBe((SmtpFault.Deferred, 451));
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Wrong_password_is_refused_and_without_a_sign_in_nobody_is_a_recipient()
    {
        var user = peers.NewUser();
        await using var client = await ConnectAsync(peers.Postfix, WireSecurity.StartTls);

        var denied = await Should.ThrowAsync<SmtpException>(() => client.SendAsync(Mail(user, user.Address), Letter("x"), default));
        var failed = await Should.ThrowAsync<SmtpException>(
            () => client.AuthenticateAsync(SaslCredential.ForPassword(user.Address, "not the password"), default));

        (denied.Fault, denied.ReplyCode, denied.EnhancedCode).ShouldBe((SmtpFault.RecipientsRefused, 554, "5.7.1"));
        (failed.Fault, failed.ReplyCode).ShouldBe((SmtpFault.AuthenticationFailed, 535));
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Message_over_the_limit_is_too_large_whether_its_size_is_known_or_not()
    {
        await using var postfix = await PostfixServer.StartAsync(peers.Dovecot, new PostfixOptions { MessageSizeLimit = 20_000 });
        var sender = peers.NewUser();
        await using var client = await SignInAsync(postfix, sender, WireSecurity.Tls);
        var large = Letter("Subject: x\n\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\n", 300)));

        var known = await Should.ThrowAsync<SmtpException>(() => client.SendAsync(Mail(sender, sender.Address) with { SizeBytes = 30_014 }, large, default));
        var unknown = await Should.ThrowAsync<SmtpException>(() => client.SendAsync(Mail(sender, sender.Address), large, default));
        var small = await client.SendAsync(Mail(sender, sender.Address), Letter("Subject: x\n\nx"), default);

        (known.Fault, known.ReplyCode).ShouldBe((SmtpFault.TooLarge, null));
        (unknown.Fault, unknown.ReplyCode).ShouldBe((SmtpFault.TooLarge, 552));
        small.ServerText.ShouldContain("queued as");
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task International_address_is_sent_where_it_is_understood()
    {
        await using var old = await PostfixServer.StartAsync(peers.Dovecot, new PostfixOptions { Utf8 = false });
        var sender = peers.NewUser();
        await using var with = await SignInAsync(peers.Postfix, sender, WireSecurity.Tls);
        await using var without = await SignInAsync(old, sender, WireSecurity.Tls);
        var mail = Mail(sender, "张三@elsewhere.example");

        (await with.SendAsync(mail, Letter("Subject: x\n\nx"), default)).ServerText.ShouldContain("queued as");
        (await Should.ThrowAsync<SmtpException>(() => without.SendAsync(mail, Letter("Subject: x\n\nx"), default))).Fault.ShouldBe(SmtpFault.Utf8Unsupported);
    }

    private static SmtpEnvelope Mail(MailUser sender, params string[] recipients) => new() { Sender = sender.Address, Recipients = recipients };

    private static Func<Stream, CancellationToken, Task> Letter(string text) =>
        async (stream, ct) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), ct);

    private Task<SmtpClient> ConnectAsync(PostfixServer postfix, WireSecurity security, List<string>? transcript = null) => SmtpClient.ConnectAsync(
        new WireEndpoint(DovecotServer.Host, security == WireSecurity.Tls ? postfix.SmtpsPort : postfix.SubmissionPort, security),
        new WireOptions
        {
            TrustedCertificates = [peers.Dovecot.Authority.Certificate()],
            Transcript = transcript is null ? null : (_, line) => transcript.Add(line),
        },
        default);

    private async Task<SmtpClient> SignInAsync(PostfixServer postfix, MailUser user, WireSecurity security, List<string>? transcript = null)
    {
        var client = await ConnectAsync(postfix, security, transcript);
        await client.AuthenticateAsync(SaslCredential.ForPassword(user.Address, user.Password), default);
        return client;
    }
}
