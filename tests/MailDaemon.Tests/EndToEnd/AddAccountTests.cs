using System.Net;
using System.Net.Sockets;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Adding an account of a real server, and every way in which that can fail.</summary>
[Collection(MailPeers.Collection)]
public sealed class AddAccountTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    /// <summary>Enough to be looked at while they are read.</summary>
    private const int Many = 8000;

    private readonly MailUser _user = PeerSoftware.Missing(Peer.Dovecot) is null ? peers.NewUser() : new MailUser("", "");

    [PeerFact]
    public async Task Large_account_can_be_read_at_once_and_is_complete_and_in_order_soon()
    {
        await peers.Dovecot.SeedAsync(_user, Many);

        var added = await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(_user));
        var first = await MailApi.UntilAsync(() => daemon.Api.PageAsync(_user, "inbox"), page => page.GetProperty("total").GetInt32() > 0);
        var status = await MailApi.UntilAsync(() => daemon.Api.StatusAsync(_user), s => s.GetProperty("progress").ValueKind != System.Text.Json.JsonValueKind.Null);
        await daemon.Api.SyncAsync(_user);
        var all = await daemon.Api.ListAsync(_user, "inbox");
        var after = await daemon.Api.StatusAsync(_user);

        (added.Status, added.Result.GetProperty("email").GetString()).ShouldBe((201, _user.Address));
        first.GetProperty("total").GetInt32().ShouldBeLessThan(Many, "the first page is there before the rest");
        ListedMessage.Of(first.GetProperty("messages")[0]).InternetMessageId.ShouldBe($"<seed-{Many - 1}@mail.test>");
        status.GetProperty("status").GetString().ShouldBe("syncing");
        status.GetProperty("progress").GetProperty("total").GetInt32().ShouldBe(Many);
        status.GetProperty("progress").GetProperty("done").GetInt32().ShouldBeInRange(50, Many);
        all.Select(m => m.InternetMessageId).ShouldBe(Enumerable.Range(0, Many).Select(n => $"<seed-{Many - 1 - n}@mail.test>"));
        all.Select(m => m.Uid).ShouldBe(Enumerable.Range(0, Many).Select(n => (long)Many - n));
        all.Select(m => m.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(Many);
        all.Count(m => !m.IsRead).ShouldBe((Many + 2) / 3);
        after.GetProperty("status").GetString().ShouldBe("idle");
    }

    [PeerFact]
    public async Task Certificate_of_an_unknown_authority_is_refused_before_the_password_is_sent()
    {
        var settings = MailApi.Settings(peers.Dovecot);
        settings.Remove("Imap:TrustedCertificates");
        await using var app = await DaemonApp.StartAsync(settings: settings);
        var api = new MailApi(app.Client, peers.Dovecot);

        var reply = await api.PostAsync("/api/imap/accounts", api.Account(_user));

        (reply.Status, reply.Error).ShouldBe((502, "certificate_untrusted"), reply.Text);
        (await api.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(0);
        peers.Dovecot.Log().ShouldNotContain(_user.Address);
    }

    [PeerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wrong_password_is_the_callers_mistake_and_leaves_nothing(bool secure)
    {
        var reply = await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(_user, secure: secure, password: "not the password"));

        (reply.Status, reply.Error).ShouldBe((400, "auth_failed"), reply.Text);
        reply.Text.ShouldNotContain("not the password");
        (await daemon.Api.GetAsync("/api/accounts")).Text.ShouldNotContain(_user.Address);
        Directory.Exists(Path.Combine(daemon.App.DataDirectory, "imap", _user.Address)).ShouldBeFalse();
    }

    [PeerFact]
    public async Task Nobody_listening_is_unreachable()
    {
        var reply = await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(_user, imapPort: MailApi.ClosedPort()));

        (reply.Status, reply.Error).ShouldBe((503, "server_unreachable"), reply.Text);
    }

    [PeerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_that_says_nothing_is_given_up(bool secure)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var settings = MailApi.Settings(peers.Dovecot);
        settings["Imap:ConnectSeconds"] = "1";
        await using var app = await DaemonApp.StartAsync(settings: settings);
        var api = new MailApi(app.Client, peers.Dovecot);

        var reply = await api.PostAsync("/api/imap/accounts", api.Account(_user, imapPort: ((IPEndPoint)silent.LocalEndpoint).Port, secure: secure));

        (reply.Status, reply.Error).ShouldBe((504, "server_timeout"), reply.Text);
        reply.Msg.ShouldNotBeNull().ShouldContain(secure ? "did not answer within 1 s" : "was silent for 1 s");
    }

    [PeerFact]
    public async Task Account_that_is_there_already_is_a_conflict_in_any_case_of_letters()
    {
        await daemon.Api.AddAsync(_user);

        var again = await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(_user with { Address = _user.Address.ToUpperInvariant() }));

        (again.Status, again.Error).ShouldBe((409, "account_exists"), again.Text);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Account_whose_smtp_server_fails_only_receives_until_it_is_verified()
    {
        await using var postfix = await PostfixServer.StartAsync(peers.Dovecot);
        await postfix.StopAsync();
        var mail = new { email = _user.Address, toRecipients = new[] { new { address = _user.Address } }, subject = "to myself", body = "x" };

        var refused = await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(_user, smtpPort: postfix.SmtpsPort, allowUnverifiedSmtp: false));
        var allowed = await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(_user, smtpPort: postfix.SmtpsPort, allowUnverifiedSmtp: true));
        var unsent = await daemon.Api.PostAsync("/api/imap/send", mail);
        var still = await daemon.Api.PostAsync("/api/imap/accounts/verify-smtp", new { email = _user.Address });
        await postfix.RestartAsync();
        var verified = await daemon.Api.PostAsync("/api/imap/accounts/verify-smtp", new { email = _user.Address });
        var sent = await daemon.Api.PostAsync("/api/imap/send", mail);

        (refused.Status, refused.Error).ShouldBe((400, "smtp_verification_failed"), refused.Text);
        (allowed.Status, allowed.Result.GetProperty("smtpStatus").GetString()).ShouldBe((201, "unverified"));
        allowed.Result.GetProperty("smtp").GetProperty("errorCode").GetString().ShouldBe("server_unreachable");
        (unsent.Status, unsent.Error).ShouldBe((409, "smtp_unverified"), unsent.Text);
        (still.Status, still.Result.GetProperty("smtpStatus").GetString()).ShouldBe((200, "unverified"));
        (verified.Status, verified.Result.GetProperty("smtpStatus").GetString()).ShouldBe((200, "verified"));
        sent.Status.ShouldBe(200, sent.Text);
        using var limit = new CancellationTokenSource(MailApi.Patience);
        await peers.Dovecot.UntilMessagesAsync(_user, "INBOX", 1, limit.Token);
    }
}
