using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Servers that refuse, break, lack something or are gone; each test has servers of its own.</summary>
public sealed class MessageFaultTests
{
    private const string Messages = "/api/imap/messages";

    [Theory]
    [InlineData("read", "STORE", "isRead")]
    [InlineData("star", "STORE", "isStarred")]
    public async Task Refused_flag_changes_nothing_here(string route, string command, string property)
    {
        await using var sandbox = await StartAsync();
        var key = await KeyAsync(sandbox);
        sandbox.Servers.ImapFaults.Refuse.Arm(command, "NO [NOPERM] Read only");

        var reply = await sandbox.App.PostAsync($"{Messages}/{key}/{route}");

        reply.ShouldBeRefused(502, "server_refused");
        reply.Msg!.ShouldContain("Read only");
        (await sandbox.App.GetAsync($"{Messages}/{key}")).Result.GetProperty(property).GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Account_without_junk_and_archive_says_so()
    {
        await using var sandbox = await StartAsync();
        sandbox.User.DeleteFolder("Junk");
        sandbox.User.DeleteFolder("Archive");
        await sandbox.SyncAsync();
        var key = await KeyAsync(sandbox);

        (await sandbox.App.PostAsync($"{Messages}/{key}/spam")).ShouldBeRefused(409, "imap_spam_folder_not_found");
        (await sandbox.App.PostAsync($"{Messages}/{key}/archive")).ShouldBeRefused(409, "imap_archive_folder_not_found");
        (await sandbox.App.GetAsync($"{Messages}/{key}")).Result.GetProperty("folder").GetString().ShouldBe("inbox");
    }

    [Theory]
    [InlineData("UIDPLUS")]
    [InlineData("MOVE")]
    [InlineData("UIDPLUS MOVE")]
    [InlineData("UIDPLUS MOVE CONDSTORE QRESYNC ENABLE LIST-STATUS SPECIAL-USE LITERAL+ SASL-IR ID ESEARCH")]
    public async Task Server_without_extensions_moves_and_the_new_id_is_found(string missing)
    {
        await using var sandbox = await StartAsync(new ImapServerOptions().Without(missing.Split(' ')));
        var key = await KeyAsync(sandbox);

        var reply = await sandbox.App.PostAsync($"{Messages}/{key}/archive");

        reply.Status.ShouldBe(200, reply.Text);
        var moved = sandbox.User.Find("Archive")!.Messages.ShouldHaveSingleItem();
        reply.Result.GetProperty("id").GetString().ShouldBe($"imap:{moved.Uid}");
        sandbox.User.Inbox.Messages.ShouldBeEmpty();
        await sandbox.SyncAsync();
        (await sandbox.App.GetAsync($"{Messages}/{key}")).Result.GetProperty("folder").GetString().ShouldBe("archive");
        (await sandbox.App.GetAsync($"{Messages}?email=lina@sandbox.test")).Result.GetProperty("total").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Broken_download_leaves_nothing_and_the_next_one_is_whole()
    {
        await using var sandbox = await StartAsync();
        var key = await KeyAsync(sandbox);
        sandbox.Servers.ImapFaults.CutInsideLiteral.Arm(3);

        (await sandbox.App.GetAsync($"/api/attachments?key={key}&attachmentId=0")).Status.ShouldBeOneOf(502, 503);
        sandbox.Servers.ImapFaults.Reset();
        Directory.GetFiles(Path.Combine(sandbox.App.DataDirectory, "imap", "lina@sandbox.test", "attachments")).ShouldBeEmpty();

        var whole = await sandbox.App.GetAsync($"/api/attachments?key={key}&attachmentId=0");
        whole.Status.ShouldBe(200, whole.Text);
        whole.Text.ShouldBe("attached text");
    }

    [Fact]
    public async Task Folder_that_is_gone_on_the_server_is_told()
    {
        await using var sandbox = await StartAsync();
        var key = await KeyAsync(sandbox);
        sandbox.User.DeleteFolder("Archive");

        (await sandbox.App.PostAsync($"{Messages}/{key}/archive")).ShouldBeRefused(404, "folder_not_found");

        (await sandbox.App.GetAsync($"{Messages}/{key}")).Result.GetProperty("folder").GetString().ShouldBe("inbox");
    }

    [Theory]
    [InlineData("NIL")]
    [InlineData("(\"TEXT\" \"PLAIN\" (")]
    public async Task Message_without_readable_structure_is_read_whole_with_its_attachments(string structure)
    {
        await using var sandbox = await StartAsync();
        sandbox.Servers.ImapFaults.Structure.Arm(structure);
        sandbox.User.Inbox.Append(Mail("odd"));
        await sandbox.SyncAsync();

        var key = (await sandbox.FindAsync("odd")).GetProperty("key").GetString();
        var detail = (await sandbox.App.GetAsync($"{Messages}/{key}")).Result;
        var attachment = await sandbox.App.PostAsync("/api/imap/attachment", new { key, attachmentId = "0" });

        detail.GetProperty("text").GetString()!.Trim().ShouldBe("hello");
        detail.GetProperty("attachments")[0].GetProperty("filename").GetString().ShouldBe("a.txt");
        attachment.Status.ShouldBe(200, attachment.Text);
        Encoding.ASCII.GetString(attachment.Result.GetProperty("data").GetBytesFromBase64()).Trim().ShouldBe("attached text");
        sandbox.Servers.ImapFaults.Structure.Hits.ShouldBeGreaterThan(1);
        (await sandbox.App.PostAsync("/api/imap/attachment", new { key, attachmentId = "1" })).ShouldBeRefused(404, "attachment_not_found");
    }

    [Fact]
    public async Task Cache_is_read_while_the_server_is_gone()
    {
        await using var sandbox = await StartAsync();
        var key = await KeyAsync(sandbox);
        await sandbox.StopServersAsync();

        (await sandbox.App.GetAsync($"{Messages}/{key}")).Status.ShouldBe(200);
        (await sandbox.App.GetAsync("/api/imap/folders?email=lina@sandbox.test")).Status.ShouldBe(200);

        (await sandbox.App.PostAsync($"{Messages}/{key}/read")).Status.ShouldBe(202);
        (await sandbox.App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test")).ShouldBeRefused(503, "server_unreachable");
        (await sandbox.App.PostAsync($"{Messages}/fetch?email=lina@sandbox.test")).ShouldBeRefused(503, "server_unreachable");
        (await sandbox.App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", toRecipients = new[] { new { address = "tom@sandbox.test" } }, body = "x" }))
            .Result.GetProperty("status").GetString().ShouldBe("queued");
    }

    [Fact]
    public async Task Unread_mail_that_breaks_the_dialogue_keeps_its_folder_readable()
    {
        await using var sandbox = await StartAsync();
        sandbox.User.Inbox.Append(Mail("second"));
        sandbox.Servers.ImapFaults.CutInsideLiteral.Arm(5, times: 1);

        var broken = await sandbox.App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test");
        broken.Status.ShouldBeOneOf(200, 502, 503);

        await sandbox.SyncAsync();
        (await sandbox.App.GetAsync($"{Messages}?email=lina@sandbox.test")).Result.GetProperty("total").GetInt32().ShouldBe(2);
    }

    private static async Task<SandboxApp> StartAsync(ImapServerOptions? imap = null)
    {
        var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false, Imap = imap ?? new ImapServerOptions() });
        sandbox.User.Inbox.Append(Mail("first"));
        await sandbox.SyncAsync();
        return sandbox;
    }

    private static byte[] Mail(string subject) => Encoding.ASCII.GetBytes(
        $"From: Ann <ann@example.com>\r\nTo: lina@sandbox.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.com>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n"
        + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        + "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nattached text\r\n--b--\r\n");

    private static async Task<string> KeyAsync(SandboxApp sandbox) => (await sandbox.FindAsync("first")).GetProperty("key").GetString()!;
}
