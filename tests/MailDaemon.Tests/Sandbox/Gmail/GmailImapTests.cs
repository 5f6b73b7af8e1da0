using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>IMAP and the API show the same mailbox.</summary>
public sealed class GmailImapTests : IAsyncLifetime
{
    private const string AllMail = "[Gmail]/All Mail";

    private GmailFixture gmail = null!;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync();

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    [Fact]
    public async Task Only_a_token_for_all_mail_opens_imap()
    {
        await using var good = await ConnectAsync(gmail.Gmail.AccessToken(gmail.Address));
        good.Capabilities.Has("X-GM-EXT-1").ShouldBeTrue();
        good.Capabilities.Has("CONDSTORE").ShouldBeTrue();
        good.Capabilities.Has("QRESYNC").ShouldBeFalse();
        good.Capabilities.Has("AUTH=PLAIN").ShouldBeFalse();

        await good.CompressAsync(default);
        (await good.StatusAsync("INBOX", default)).Messages.ShouldBe(0u);

        foreach (var bad in new[] { "ya29.unknown", gmail.Gmail.AccessToken(gmail.Address, "https://www.googleapis.com/auth/gmail.modify") })
            (await Should.ThrowAsync<ImapException>(() => ConnectAsync(bad))).Fault.ShouldBe(ImapFault.AuthenticationFailed);
        await using var plain = await ConnectAsync();
        await Should.ThrowAsync<ImapException>(() => plain.AuthenticateAsync(SaslCredential.ForPassword(gmail.Address, "sandbox"), default));
    }

    [Fact]
    public async Task Ids_threads_and_labels_are_those_of_the_api()
    {
        var label = gmail.Mailbox.CreateLabel("客户/重要");
        var message = gmail.Mailbox.Deliver(GmailFixture.Mail("one"));
        gmail.Mailbox.Modify(message.Id, [label.Id, "IMPORTANT"], []);
        gmail.Mailbox.Star(message.Id);
        await using var imap = await OpenAsync(AllMail);

        var seen = await FetchAsync(imap);
        seen.GmailMessageId.ShouldBe(ulong.Parse(message.Id, NumberStyles.HexNumber));
        seen.GmailThreadId.ShouldBe(ulong.Parse(message.ThreadId, NumberStyles.HexNumber));
        seen.GmailLabels!.Order(StringComparer.Ordinal).ShouldBe(["\\Important", "\\Inbox", "\\Starred", "客户/重要"]);
        seen.Flags!.Except(["\\Recent"]).ShouldBe(["\\Flagged"]);
    }

    [Fact]
    public async Task What_imap_does_is_in_the_history()
    {
        var label = gmail.Mailbox.CreateLabel("Work");
        var id = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        var start = gmail.Mailbox.HistoryId;
        await using var imap = await OpenAsync("INBOX");

        await imap.StoreAsync(UidSet.Single(1), FlagAction.Add, ["\\Seen"], null, default);
        (await LabelsAsync(id)).ShouldBe(["INBOX"]);
        await imap.MoveAsync(UidSet.Single(1), "Work", default);
        (await LabelsAsync(id)).ShouldBe([label.Id]);
        await imap.SelectAsync("Work", new SelectOptions(), default);
        await imap.MoveAsync(UidSet.Single(1), "[Gmail]/Trash", default);
        (await LabelsAsync(id)).ShouldBe([label.Id, "TRASH"]);
        await imap.SelectAsync("[Gmail]/Trash", new SelectOptions(), default);
        await imap.MoveAsync(UidSet.Single(1), "INBOX", default);
        (await LabelsAsync(id)).ShouldBe(["INBOX", label.Id]);
        await imap.SelectAsync("INBOX", new SelectOptions(), default);
        await imap.MoveAsync(UidSet.Range(1, 9), "[Gmail]/Trash", default);
        await imap.SelectAsync("[Gmail]/Trash", new SelectOptions(), default);
        await imap.StoreAsync(UidSet.Range(1, 9), FlagAction.Add, ["\\Deleted"], null, default);
        await imap.ExpungeAsync(UidSet.Range(1, 9), default);

        var history = (await gmail.GetAsync($"history?startHistoryId={start}")).GetProperty("history").EnumerateArray().ToList();
        history[0].GetProperty("labelsRemoved")[0].Texts("labelIds").ShouldBe(["UNREAD"]);
        history[1].GetProperty("labelsAdded")[0].Texts("labelIds").ShouldBe([label.Id]);
        history[^1].GetProperty("messagesDeleted")[0].GetProperty("message").Text("id").ShouldBe(id);
        gmail.Mailbox.Find(id).ShouldBeNull();
    }

    [Fact]
    public async Task What_the_api_does_is_seen_in_the_folders()
    {
        var id = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        await using var imap = await OpenAsync("INBOX");
        var modSeq = (await FetchAsync(imap)).ModSeq!.Value;

        await gmail.PostAsync($"messages/{id}/modify", """{"removeLabelIds":["UNREAD"]}""");
        var read = await FetchAsync(imap);
        read.Flags!.Except(["\\Recent"]).ShouldBe(["\\Seen"]);
        read.ModSeq!.Value.ShouldBeGreaterThan(modSeq);

        await gmail.PostAsync("labels", """{"name":"From the API"}""");
        (await imap.StatusAsync("From the API", default)).Messages.ShouldBe(0u);
        await gmail.PostAsync($"messages/{id}/trash");
        (await imap.StatusAsync("INBOX", default)).Messages.ShouldBe(0u);
        (await imap.StatusAsync(AllMail, default)).Messages.ShouldBe(0u);
        (await imap.StatusAsync("[Gmail]/Trash", default)).Messages.ShouldBe(1u);
    }

    [Fact]
    public async Task What_is_delivered_ends_idle()
    {
        await using var imap = await OpenAsync("INBOX");
        var idle = imap.IdleAsync(TimeSpan.FromMinutes(1), default);
        gmail.Mailbox.Deliver(GmailFixture.Mail("one"));
        (await idle).HasArrivals.ShouldBeTrue();
    }

    [Fact]
    public async Task Folders_and_mail_of_imap_are_labels_messages_and_drafts_of_the_api()
    {
        await using var imap = await OpenAsync("INBOX");
        await imap.CreateAsync("Made by IMAP/Sub", default);
        var names = (await gmail.GetAsync("labels")).GetProperty("labels").EnumerateArray().Select(label => label.Text("name")).ToList();
        names.ShouldContain("Made by IMAP/Sub");
        names.ShouldNotContain("Made by IMAP");

        gmail.Servers.World.FindUser(gmail.Address)!.Find("[Gmail]/Drafts")!.Append(GmailFixture.Mail("draft"), ["\\Seen"]);
        var draft = (await gmail.GetAsync("drafts")).GetProperty("drafts")[0];
        (await gmail.GetAsync($"messages/{draft.GetProperty("message").Text("id")}?format=minimal")).Texts("labelIds").ShouldBe(["DRAFT"]);
    }

    private async Task<string[]> LabelsAsync(string id) => (await gmail.GetAsync($"messages/{id}?format=minimal")).Texts("labelIds");

    private static async Task<FetchedMessage> FetchAsync(ImapClient imap)
    {
        var all = new List<FetchedMessage>();
        await foreach (var message in imap.FetchAsync(UidSet.Range(1, 100), new FetchRequest { Flags = true, ModSeq = true, GmailIds = true }, default))
            all.Add(message);
        return all.ShouldHaveSingleItem();
    }

    private async Task<ImapClient> OpenAsync(string folder)
    {
        var imap = await ConnectAsync(gmail.Gmail.AccessToken(gmail.Address));
        await imap.SelectAsync(folder, new SelectOptions(), default);
        return imap;
    }

    private async Task<ImapClient> ConnectAsync(string? token = null)
    {
        var imap = await ImapClient.ConnectAsync(
            new WireEndpoint("127.0.0.1", gmail.Servers.GmailImapPort, WireSecurity.Tls),
            new WireOptions { TrustedCertificates = [X509Certificate2.CreateFromPem(gmail.Servers.CaPem)], IsAddressAllowed = _ => true }, null, default);
        if (token is not null)
            await imap.AuthenticateAsync(SaslCredential.ForAccessToken(gmail.Address, token), default);
        return imap;
    }
}
