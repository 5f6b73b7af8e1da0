using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Tests.Peers;

/// <summary>Our IMAP client's NOTIFY against a real Dovecot.</summary>
[Collection(MailPeers.Collection)]
public sealed class ImapNotifyDovecotTests(MailPeers peers)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly byte[] Hello = "From: anna@example.com\r\nSubject: hello\r\n\r\nHi\r\n"u8.ToArray();

    [PeerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changes_in_another_folder_end_idle_and_name_it(bool quickResync)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var user = peers.NewUser();
        await peers.Dovecot.DeliverAsync(user, "INBOX", Hello, ct: limit.Token);
        await peers.Dovecot.DeliverAsync(user, "项目/A&B", Hello, ct: limit.Token);
        await using var other = await peers.Dovecot.ConnectAsync(user, limit.Token);
        await using var client = await OpenAsync(user, quickResync, limit.Token);

        // Looked at once, the other folders exist on disk; Dovecot tells of their making otherwise.
        await client.ListAsync(new ListRequest { Status = true }, limit.Token);
        var states = await client.NotifyAsync(new NotifyRequest { Status = true }, limit.Token);

        states.Single(s => s.Mailbox == "项目/A&B").Messages.ShouldBe(1u);
        var mailbox = $"\"{ImapWire.ModifiedUtf7("项目/A&B")}\"";
        await other.CommandAsync($"SELECT {mailbox}", limit.Token);

        await other.AppendAsync("项目/A&B", [new ImapAppend(Hello)], limit.Token);
        (await TakeChangedAsync(client, limit.Token)).Messages.ShouldBe(2u);

        await other.CommandAsync("UID STORE 1 +FLAGS (\\Flagged)", limit.Token);
        await TakeChangedAsync(client, limit.Token);

        await other.CommandAsync("UID STORE 2 +FLAGS (\\Seen)", limit.Token);
        await TakeChangedAsync(client, limit.Token);

        // Deleting and expunging are two changes, of which it may tell at once or one by one.
        await other.CommandAsync("UID STORE 1 +FLAGS (\\Deleted)", limit.Token);
        await other.CommandAsync("UID EXPUNGE 1", limit.Token);
        while ((await TakeChangedAsync(client, limit.Token)).Messages != 1)
        {
            // The flag.
        }

        await other.CommandAsync("SELECT INBOX", limit.Token);
        await other.CommandAsync("UID STORE 1 +FLAGS (\\Flagged)", limit.Token);
        (await client.IdleAsync(Long, limit.Token)).Mailboxes.ShouldBe(["INBOX"]);
    }

    [PeerFact]
    public async Task Only_the_mailboxes_asked_for_are_told_until_notify_ends()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var user = peers.NewUser();
        await peers.Dovecot.DeliverAsync(user, "Two words", Hello, ct: limit.Token);
        await using var client = await OpenAsync(user, quickResync: true, limit.Token);
        await client.NotifyAsync(new NotifyRequest { Mailboxes = ["Two words"] }, limit.Token);

        await peers.Dovecot.DeliverAsync(user, "Sent", Hello, ct: limit.Token);
        await peers.Dovecot.DeliverAsync(user, "Two words", Hello, ct: limit.Token);
        (await client.IdleAsync(Long, limit.Token)).Mailboxes.ShouldBe(["Two words"]);

        await client.NotifyNothingAsync(limit.Token);
        (await client.StatusAsync("Sent", limit.Token)).Messages.ShouldBe(1u);
    }

    [PeerFact]
    public async Task Folders_that_are_made_renamed_subscribed_to_and_deleted_are_told_by_name()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var user = peers.NewUser();
        await using var other = await peers.Dovecot.ConnectAsync(user, limit.Token);
        await using var client = await OpenAsync(user, quickResync: true, limit.Token);
        await client.ListAsync(new ListRequest { Status = true }, limit.Token);
        await client.NotifyAsync(new NotifyRequest(), limit.Token);

        await other.CommandAsync("CREATE Offers", limit.Token);
        (await TakeListingAsync(client, limit.Token)).Name.ShouldBe("Offers");

        await other.CommandAsync("SUBSCRIBE Offers", limit.Token);
        (await TakeListingAsync(client, limit.Token)).IsSubscribed.ShouldBe(true);

        await other.CommandAsync($"RENAME Offers \"{ImapWire.ModifiedUtf7("报价")}\"", limit.Token);
        var renamed = await TakeListingAsync(client, limit.Token);
        (renamed.Name, renamed.OldName).ShouldBe(("报价", "Offers"));

        await other.CommandAsync($"DELETE \"{ImapWire.ModifiedUtf7("报价")}\"", limit.Token);
        var deleted = await TakeListingAsync(client, limit.Token);
        (deleted.Name, deleted.IsSelectable).ShouldBe(("报价", false));
    }

    [PeerFact]
    public async Task Refused_request_leaves_the_connection_usable()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var server = await DovecotServer.StartAsync(new DovecotOptions { ExtraConfig = "mailbox_list_index = no" }, limit.Token);
        await using var client = await OpenAsync(server, server.AddUser("anna"), quickResync: true, limit.Token);

        await Should.ThrowAsync<ImapException>(() => client.NotifyAsync(new NotifyRequest(), limit.Token));

        client.IsNotifying.ShouldBeFalse();
        await client.NoopAsync(limit.Token);
    }

    private static async Task<MailboxStatus> TakeChangedAsync(ImapClient client, CancellationToken ct)
    {
        var result = await client.IdleAsync(Long, ct);
        result.End.ShouldBe(IdleEnd.Changed);
        result.Mailboxes.ShouldBe(["项目/A&B"]);
        return client.TakeUpdates().Mailboxes.ShouldHaveSingleItem();
    }

    private static async Task<MailboxListing> TakeListingAsync(ImapClient client, CancellationToken ct)
    {
        IdleResult result;
        do
        {
            // A new folder is told by its state too.
            result = await client.IdleAsync(Long, ct);
            result.End.ShouldBe(IdleEnd.Changed);
        }
        while (!result.HasNameChanges);

        return client.TakeUpdates().Listings[^1];
    }

    private Task<ImapClient> OpenAsync(MailUser user, bool quickResync, CancellationToken ct) => OpenAsync(peers.Dovecot, user, quickResync, ct);

    private static async Task<ImapClient> OpenAsync(DovecotServer server, MailUser user, bool quickResync, CancellationToken ct)
    {
        using var root = server.Authority.Certificate();
        var client = await ImapClient.ConnectAsync(
            new WireEndpoint(DovecotServer.Host, server.ImapsPort, WireSecurity.Tls), new WireOptions { TrustedCertificates = [root] }, null, ct);
        await client.AuthenticateAsync(SaslCredential.ForPassword(user.Address, user.Password), ct);
        await client.EnableAsync(quickResync ? ["QRESYNC"] : [], ct);
        await client.SelectAsync("INBOX", new SelectOptions { ReadOnly = true }, ct);
        return client;
    }
}
