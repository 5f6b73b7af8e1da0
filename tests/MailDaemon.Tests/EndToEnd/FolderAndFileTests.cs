using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Folders of any name, attachments of any name and size.</summary>
[Collection(MailPeers.Collection)]
public sealed class FolderAndFileTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    [PeerTheory]
    [InlineData("客户/重要 📌/二〇二六年")]
    [InlineData("Käufe & Verkäufe")]
    [InlineData("a \"quoted\" \\ name")]
    [InlineData("100 % * (done) {7}")]
    [InlineData("&AOQ- not encoded")]
    public async Task Folder_of_any_name_is_listed_synced_read_and_moved_into(string path)
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 2);
        await peers.Dovecot.SeedAsync(user, 3, path, from: 10);
        await daemon.Api.AddAsync(user);
        var inside = await daemon.Api.ListAsync(user, path);

        var moved = await daemon.Api.PostAsync($"/api/imap/messages/1/move?email={user.Address}&folder=INBOX", new { target = path });
        var read = await daemon.Api.PostAsync($"/api/imap/messages/1/read?email={user.Address}&folder={Uri.EscapeDataString(path)}");
        var detail = await daemon.Api.GetAsync($"/api/imap/messages/4?email={user.Address}&folder={Uri.EscapeDataString(path)}");
        var fetched = await daemon.Api.PostAsync($"/api/imap/messages/fetch?email={user.Address}&folder={Uri.EscapeDataString(path)}&limit=2");

        inside.Select(m => (m.Uid, m.FolderPath, m.Folder)).ShouldBe([(3L, path, "other"), (2L, path, "other"), (1L, path, "other")]);
        (moved.Status, moved.Result.GetProperty("id").GetString(), moved.Result.GetProperty("folderPath").GetString()).ShouldBe((200, "imap:4", path), moved.Text);
        read.Status.ShouldBe(200, read.Text);
        detail.Result.GetProperty("internetMessageId").GetString().ShouldBe("<seed-0@mail.test>");
        fetched.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("uid").GetInt64()).ShouldBe([4L, 3L]);
        (await peers.Dovecot.MessagesAsync(user, path)).Select(m => m.Uid).ShouldBe([1L, 2, 3, 4]);
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }

    [PeerFact]
    public async Task Older_mail_is_fetched_page_by_page_where_only_recent_days_are_synced()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 25);
        await peers.Dovecot.DeliverAsync(user, "INBOX", MailSeed.Create(25).Bytes);
        await peers.Dovecot.DeliverAsync(user, "INBOX", MailSeed.Create(26).Bytes);
        var settings = MailApi.Settings(peers.Dovecot);
        settings["Sync:Days"] = "7";
        await using var app = await DaemonApp.StartAsync(settings: settings);
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);
        var recent = await api.TotalAsync(user);

        var page = await api.PostAsync($"/api/imap/messages/fetch?email={user.Address}&limit=10&offset=10");
        await api.SyncAsync(user);

        recent.ShouldBe(2, "the seed is older than a week");
        page.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("uid").GetInt64()).ShouldBe(Enumerable.Range(0, 10).Select(i => 17L - i));
        var pagination = page.Result.GetProperty("pagination");
        (pagination.GetProperty("total").GetInt32(), pagination.GetProperty("nextOffset").GetInt32()).ShouldBe((27, 20));
        (await api.TotalAsync(user)).ShouldBe(12, "what was fetched stays");
    }

    [PeerFact]
    public async Task Large_attachment_is_read_as_base64_and_streamed_whole_and_in_ranges()
    {
        const int Size = 30 * 1024 * 1024;
        var user = peers.NewUser();
        var bytes = new byte[Size];
        new Random(7).NextBytes(bytes);
        await peers.Dovecot.DeliverAsync(user, "INBOX", WithFile("大文件 📦.bin", bytes));
        await daemon.Api.AddAsync(user);
        var message = await daemon.Api.SingleAsync(user, "inbox");
        var attachment = (await daemon.Api.DetailAsync(message.Key)).GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem();
        var path = $"/api/attachments?key={message.Key}&attachmentId=0";

        var whole = await StreamAsync(path, null);
        var middle = await StreamAsync(path, new RangeHeaderValue(1_000_003, 1_500_002));
        var last = await StreamAsync(path, new RangeHeaderValue(null, 10));
        var beyond = await StreamAsync(path, new RangeHeaderValue(Size, null));
        var encoded = await daemon.Api.PostAsync("/api/imap/attachment", new { email = user.Address, messageId = "imap:1", attachmentId = "0" });

        (attachment.GetProperty("filename").GetString(), attachment.GetProperty("id").GetString()).ShouldBe(("大文件 📦.bin", "0"));
        attachment.GetProperty("size").GetInt64().ShouldBeInRange(Size - 100, Size + 100);
        (whole.Status, whole.Bytes.Length, Hash(whole.Bytes)).ShouldBe((200, Size, Hash(bytes)));
        (whole.Disposition?.DispositionType, whole.Disposition?.FileNameStar).ShouldBe(("attachment", "大文件 📦.bin"));
        (middle.Status, Hash(middle.Bytes)).ShouldBe((206, Hash(bytes[1_000_003..1_500_003])));
        (last.Status, Hash(last.Bytes)).ShouldBe((206, Hash(bytes[^10..])));
        beyond.Status.ShouldBe(416);
        (encoded.Status, encoded.Result.GetProperty("size").GetInt64(), Hash(encoded.Result.GetProperty("data").GetBytesFromBase64())).ShouldBe((200, (long)Size, Hash(bytes)));
    }

    [PeerFact]
    public async Task Attachments_of_every_encoding_are_the_bytes_that_were_sent()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 6);
        await daemon.Api.AddAsync(user);

        // Numbers 4 and 5 of the seed carry 1,500 bytes i × (number + 7).
        foreach (var (uid, name) in new[] { (5, "quotation-4.pdf"), (6, "报价单-5.csv") })
        {
            var reply = await daemon.Api.PostAsync("/api/imap/attachment", new { email = user.Address, uid, attachmentId = "0" });

            reply.Result.GetProperty("filename").GetString().ShouldBe(name);
            reply.Result.GetProperty("data").GetBytesFromBase64().ShouldBe(Enumerable.Range(0, 1500).Select(i => (byte)(i * (uid + 6))).ToArray());
        }
    }

    [PeerFact]
    public async Task Attachment_of_a_message_that_left_the_server_is_gone()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 1, from: 4);
        await daemon.Api.AddAsync(user);
        await peers.Dovecot.DoveadmAsync("expunge", "-u", user.Address, "mailbox", "INBOX", "all");

        var reply = await daemon.Api.PostAsync("/api/imap/attachment", new { email = user.Address, uid = 1, attachmentId = "0" });
        var move = await daemon.Api.PostAsync($"/api/imap/messages/1/archive?email={user.Address}");

        (reply.Status, reply.Error).ShouldBe((404, "message_gone"), reply.Text);
        (move.Status, move.Error).ShouldBe((404, "message_gone"), move.Text);
        (await daemon.Api.TotalAsync(user)).ShouldBe(0);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] WithFile(string name, byte[] bytes) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
        From: anna@mail.test
        Subject: large
        Message-ID: <large@mail.test>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        see the file
        --b
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename*=utf-8''{Uri.EscapeDataString(name)}

        {Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)}
        --b--

        """).ReplaceLineEndings("\r\n"));

    private async Task<(int Status, byte[] Bytes, ContentDispositionHeaderValue? Disposition)> StreamAsync(string path, RangeHeaderValue? range)
    {
        var client = daemon.App.Client;
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        request.Headers.Range = range;
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentDisposition);
    }
}
