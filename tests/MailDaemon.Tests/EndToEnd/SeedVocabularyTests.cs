using System.Globalization;
using System.Text.Json;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// A client that knows nothing but the document that the user gave (the skill of DesireCore, 2026-04-10): its routes, parameters, bodies and
/// field names, over a real Dovecot and Postfix.
/// </summary>
[Collection(MailPeers.Collection)]
public sealed class SeedVocabularyTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    private MailApi Api => daemon.SendingApi;

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Accounts_are_tried_added_listed_set_and_removed()
    {
        var user = peers.NewUser();
        var presets = await ResultAsync(Api.GetAsync("/api/imap/presets"));
        presets.EnumerateArray().Select(p => p.GetProperty("id").GetString()).ShouldContain("qq");
        var tried = await ResultAsync(Api.PostAsync("/api/imap/test", Api.Account(user)));
        (tried.GetProperty("imap").GetProperty("success").GetBoolean(), tried.GetProperty("smtp").GetProperty("success").GetBoolean()).ShouldBe((true, true));
        await ResultAsync(Api.PostAsync("/api/imap/accounts", Api.Account(user)));

        (await ResultAsync(Api.GetAsync("/api/accounts"))).EnumerateArray().ShouldContain(a => a.GetProperty("email").GetString() == user.Address && a.GetProperty("provider").GetString() == "imap");
        (await ResultAsync(Api.GetAsync("/api/accounts-with-settings"))).EnumerateArray().Single(a => a.GetProperty("email").GetString() == user.Address).TryGetProperty("settings", out _).ShouldBeTrue();
        var settings = $"/api/accounts/imap/{Uri.EscapeDataString(user.Address)}/settings";
        (await ResultAsync(Api.GetAsync(settings))).ValueKind.ShouldBe(JsonValueKind.Object);
        await ResultAsync(Api.PutAsync(settings, new { signature = "-- 张伟" }));
        (await ResultAsync(Api.GetAsync(settings))).GetProperty("signature").GetString().ShouldBe("-- 张伟");
        await ResultAsync(Api.PutAsync($"/api/accounts/imap/{user.Address}/displayName", new { displayName = "王伟" }));
        (await ResultAsync(Api.GetAsync("/api/accounts"))).EnumerateArray().Single(a => a.GetProperty("email").GetString() == user.Address).GetProperty("displayName").GetString().ShouldBe("王伟");
        await ResultAsync(Api.DeleteAsync($"/api/accounts/imap/{user.Address}"));
        (await ResultAsync(Api.GetAsync("/api/accounts"))).EnumerateArray().ShouldNotContain(a => a.GetProperty("email").GetString() == user.Address);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Mail_is_fetched_listed_read_marked_and_deleted()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 12);
        await ResultAsync(Api.PostAsync("/api/imap/accounts", Api.Account(user)));

        await ResultAsync(Api.PostAsync($"/api/imap/messages/fetch?email={user.Address}&limit=20&folder=INBOX"));
        await ResultAsync(Api.PostAsync($"/api/sync?provider=imap&email={user.Address}"));
        var list = await ResultAsync(Api.GetAsync($"/api/imap/messages?email={user.Address}&offset=0&limit=50&folder=INBOX"));
        var items = list.GetProperty("messages").EnumerateArray().ToList();
        items.Count.ShouldBe(12);
        foreach (var item in items)
        {
            item.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.String);
            item.GetProperty("subject").ValueKind.ShouldBe(JsonValueKind.String);
            ShouldBeAddress(item.GetProperty("from"));
            foreach (var to in item.GetProperty("to").EnumerateArray())
                ShouldBeAddress(to);
            DateTimeOffset.Parse(item.GetProperty("date").GetString()!, CultureInfo.InvariantCulture).Year.ShouldBe(2026);
            item.GetProperty("snippet").GetString()!.Length.ShouldBeInRange(1, 200);
            item.GetProperty("isRead").ValueKind.ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
            item.GetProperty("hasAttachments").ValueKind.ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
            item.GetProperty("labels").ValueKind.ShouldBe(JsonValueKind.Array);
            item.GetProperty("folder").GetString().ShouldBe("inbox");
        }

        // By the UID, with the folder beside it.
        var uid = items.First(i => i.GetProperty("hasAttachments").GetBoolean()).GetProperty("id").GetString()!.Split(':')[1];
        var address = $"/api/imap/messages/{uid}";
        var of = $"?email={user.Address}&folder=INBOX";
        var detail = await ResultAsync(Api.GetAsync(address + of));
        detail.GetProperty("body").GetProperty("content").GetString().ShouldNotBeNullOrEmpty();
        detail.GetProperty("body").GetProperty("contentType").GetString().ShouldBeOneOf("html", "text");
        detail.GetProperty("cc").ValueKind.ShouldBe(JsonValueKind.Array);
        var attachment = detail.GetProperty("attachments")[0];
        foreach (var field in (string[])["id", "filename", "mimeType"])
            attachment.GetProperty(field).GetString().ShouldNotBeNullOrEmpty();
        attachment.GetProperty("size").GetInt64().ShouldBeGreaterThan(0);
        await ResultAsync(Api.PostAsync($"{address}/unread{of}"));
        (await ResultAsync(Api.GetAsync(address + of))).GetProperty("isRead").GetBoolean().ShouldBeFalse();
        await ResultAsync(Api.PostAsync($"{address}/read{of}"));
        (await peers.Dovecot.MessageAsync(user, "INBOX", uint.Parse(uid, CultureInfo.InvariantCulture))).Flags.ShouldContain("\\Seen");
        await ResultAsync(Api.DeleteAsync(address + of));
        (await Api.TotalAsync(user, "INBOX")).ShouldBe(11);
        (await Api.TotalAsync(user, "Trash")).ShouldBe(1);
        var missing = await Api.GetAsync(address + of);
        (missing.Status, missing.Envelope.GetProperty("code").GetInt32()).ShouldBe((404, 0));
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Mail_is_sent_and_answered()
    {
        var (user, other) = (peers.NewUser(), peers.NewUser());
        await Api.AddAsync(user);
        await Api.AddAsync(other);

        await ResultAsync(Api.PostAsync("/api/imap/send", new
        {
            email = user.Address,
            toRecipients = new[] { new { name = "收件人", address = other.Address } },
            ccRecipients = Array.Empty<object>(),
            bccRecipients = Array.Empty<object>(),
            subject = "主题",
            body = "<p>正文</p>",
            contentType = "html",
            attachments = Array.Empty<object>(),
        }));
        await MailApi.UntilAsync(async () => (await Api.SyncAsync(other), await Api.TotalAsync(other, "INBOX")).Item2, total => total == 1);
        var arrived = await Api.SingleAsync(other, "INBOX");
        arrived.Subject.ShouldBe("主题");
        await ResultAsync(Api.PostAsync("/api/imap/reply", new { email = other.Address, uid = arrived.Uid, folder = "INBOX", body = "收到", contentType = "text" }));
        await MailApi.UntilAsync(async () => (await Api.SyncAsync(user), await Api.TotalAsync(user, "INBOX")).Item2, total => total == 1);
        (await Api.SingleAsync(user, "INBOX")).Subject.ShouldBe("Re: 主题");
        (await Api.SingleAsync(user, "Sent")).Subject.ShouldBe("主题");
    }

    [PeerFact]
    public async Task Labels_are_made_given_listed_and_taken()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 3);
        await daemon.Api.AddAsync(user);
        var uid = (await daemon.Api.ListAsync(user))[0].Uid;
        var mail = $"/api/mails/imap/{user.Address}/labels?mailId={uid}";

        var label = (await ResultAsync(daemon.Api.PostAsync("/api/labels", new { name = "客户", color = "blue", provider = "imap", email = user.Address, visible = true }))).GetProperty("id").GetString();
        (await ResultAsync(daemon.Api.GetAsync($"/api/labels?provider=imap&email={user.Address}"))).EnumerateArray().ShouldContain(l => l.GetProperty("id").GetString() == label);
        (await ResultAsync(daemon.Api.GetAsync($"/api/labels/{label}"))).GetProperty("name").GetString().ShouldBe("客户");
        await ResultAsync(daemon.Api.PutAsync($"/api/labels/{label}", new { name = "大客户", color = "red", order = 3, visible = false }));
        (await ResultAsync(daemon.Api.GetAsync($"/api/labels/{label}"))).GetProperty("color").GetString().ShouldBe("red");
        await ResultAsync(daemon.Api.PostAsync(mail, new { labelId = label }));
        (await daemon.Api.GetAsync(mail)).Text.ShouldContain(label!);
        var mails = await ResultAsync(daemon.Api.GetAsync($"/api/labels/{label}/mails?provider=imap&email={user.Address}&limit=10&offset=0"));
        mails.GetProperty("mailIds").EnumerateArray().Select(id => id.GetString()).ShouldBe([$"imap:{uid}"]);
        await ResultAsync(daemon.Api.PutAsync(mail, new { labelIds = Array.Empty<string>() }));
        (await daemon.Api.GetAsync(mail)).Text.ShouldNotContain(label!);
        await ResultAsync(daemon.Api.PostAsync(mail, new { labelId = label }));
        await ResultAsync(daemon.Api.DeleteAsync($"{mail}&labelId={label}"));
        (await daemon.Api.GetAsync(mail)).Text.ShouldNotContain(label!);
        await ResultAsync(daemon.Api.DeleteAsync($"/api/labels/{label}"));
        (await daemon.Api.GetAsync($"/api/labels/{label}")).Status.ShouldBe(404);
    }

    [PeerFact]
    public async Task Folders_are_listed_the_cache_lies_where_it_is_said_and_errors_have_the_words_of_the_document()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 2);
        await using var app = await DaemonApp.StartAsync(settings: MailApi.Settings(peers.Dovecot));
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);

        (await ResultAsync(api.GetAsync($"/api/imap/folders?email={user.Address}"))).EnumerateArray().ShouldContain(f => f.GetProperty("name").GetString() == "INBOX");
        var place = Path.Combine(app.DataDirectory, "imap", user.Address);
        foreach (var file in (string[])["index.json", "sync.json"])
            await Eventually.UntilAsync(() => File.Exists(Path.Combine(place, file)), file);
        Directory.EnumerateFileSystemEntries(Path.Combine(place, "messages")).ShouldNotBeEmpty();

        foreach (var (path, status) in ((string, int)[])[
            ("/api/imap/messages", 400), ("/api/imap/messages?email=nobody@mail.test", 401), ($"/api/imap/messages/999?email={user.Address}&folder=INBOX", 404)])
        {
            var refused = await api.GetAsync(path);
            (refused.Status, refused.Envelope.GetProperty("code").GetInt32()).ShouldBe((status, 0), refused.Text);
            refused.Msg.ShouldNotBeNullOrEmpty();
        }
    }

    private static void ShouldBeAddress(JsonElement person)
    {
        person.GetProperty("name").ValueKind.ShouldBe(JsonValueKind.String);
        person.GetProperty("address").GetString()!.ShouldContain('@');
    }

    private static async Task<JsonElement> ResultAsync(Task<Reply> call)
    {
        var reply = await call;
        reply.Status.ShouldBeInRange(200, 201, reply.Text);
        (reply.Envelope.GetProperty("code").GetInt32(), reply.Envelope.GetProperty("msg").GetString()).ShouldBe((1, "Success"));
        return reply.Result;
    }
}
