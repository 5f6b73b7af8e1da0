using System.Text;

namespace MailDaemon.Tests.Peers;

[Collection(MailPeers.Collection)]
public sealed class PostfixServerTests(MailPeers peers)
{
    private static readonly byte[] Letter =
        "From: a@mail.test\r\nTo: b@mail.test\r\nSubject: by the post\r\nMessage-ID: <l@mail.test>\r\n\r\nDear B\r\n"u8.ToArray();

    [PeerFact(Peer.Dovecot, Peer.Postfix, Peer.Curl)]
    public async Task Mail_sent_over_tls_and_over_starttls_arrives()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (sender, recipient) = (peers.NewUser(), peers.NewUser());
        var curl = peers.Curl(sender);

        await curl.SendOverTlsAsync(peers.Postfix.SmtpsPort, sender.Address, [recipient.Address, "someone@elsewhere.example"], Letter);
        await curl.SendOverStartTlsAsync(peers.Postfix.SubmissionPort, sender.Address, [recipient.Address], Letter);
        await peers.Dovecot.UntilMessagesAsync(recipient, "INBOX", 2, limit.Token);

        var mail = await peers.Dovecot.DoveadmAsync("fetch", "-u", recipient.Address, "text", "mailbox", "INBOX", "uid", "1");
        mail.ShouldContain($"Return-Path: <{sender.Address}>");
        mail.ShouldContain($"Delivered-To: {recipient.Address}");
        mail.ShouldContain("Subject: by the post");
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix, Peer.Curl)]
    public async Task Mail_from_another_server_arrives_without_a_login()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var recipient = peers.NewUser();

        await peers.Curl(recipient).SendAsStrangerAsync(peers.Postfix.InboundPort, "x@example.com", [recipient.Address], Letter);

        await peers.Dovecot.UntilMessagesAsync(recipient, "INBOX", 1, limit.Token);
    }

    [PeerTheory(Peer.Dovecot, Peer.Postfix, Peer.Curl)]
    [InlineData(PostfixServer.UnknownRecipient, "550 5.1.1")]
    [InlineData(PostfixServer.BusyRecipient, "451 4.7.1")]
    [InlineData(PostfixServer.FullRecipient, "452 4.2.2")]
    public async Task Some_recipients_are_refused_on_purpose(string recipient, string code)
    {
        var sender = peers.NewUser();

        await Should.ThrowAsync<PeerToolException>(
            () => peers.Curl(sender).SendOverTlsAsync(peers.Postfix.SmtpsPort, sender.Address, [recipient], Letter));

        peers.Postfix.Log().ShouldContain($"{code} <{recipient}>");
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix, Peer.Curl)]
    public async Task Without_the_right_login_nothing_is_sent()
    {
        var user = peers.NewUser();

        var wrong = await Should.ThrowAsync<PeerToolException>(() => peers.Curl(user with { Password = "other" })
            .SendOverTlsAsync(peers.Postfix.SmtpsPort, user.Address, [user.Address], Letter));
        await Should.ThrowAsync<PeerToolException>(
            () => peers.Curl(user).SendAsStrangerAsync(peers.Postfix.InboundPort, user.Address, ["x@elsewhere.example"], Letter));

        wrong.ExitCode.ShouldBe(67);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix, Peer.Curl)]
    public async Task A_message_over_the_size_limit_is_refused_and_a_restart_keeps_the_ports()
    {
        await using var postfix = await PostfixServer.StartAsync(peers.Dovecot, new PostfixOptions { MessageSizeLimit = 20_000 });
        var sender = peers.NewUser();
        var large = Letter.Concat(Encoding.ASCII.GetBytes(new string('x', 900) + "\r\n")).ToArray();
        byte[] tooLarge = [.. Letter, .. Enumerable.Repeat(large, 30).SelectMany(part => part)];

        await Should.ThrowAsync<PeerToolException>(
            () => peers.Curl(sender).SendOverTlsAsync(postfix.SmtpsPort, sender.Address, [sender.Address], tooLarge));
        await postfix.RestartAsync();
        await peers.Curl(sender).SendOverTlsAsync(postfix.SmtpsPort, sender.Address, [sender.Address], large);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await peers.Dovecot.UntilMessagesAsync(sender, "INBOX", 1, limit.Token);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Nothing_is_left_after_it()
    {
        var postfix = await PostfixServer.StartAsync(peers.Dovecot);
        var id = postfix.ProcessId;
        PeerProcess.IsAlive(id).ShouldBeTrue();

        await postfix.DisposeAsync();

        PeerProcess.IsAlive(id).ShouldBeFalse();
    }
}
