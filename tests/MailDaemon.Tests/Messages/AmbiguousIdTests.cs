using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>An IMAP id without its folder never names another message than the one that was meant.</summary>
public sealed class AmbiguousIdTests : IAsyncLifetime
{
    private const string Email = "lina@sandbox.test";
    private readonly SandboxApp sandbox = new();
    private long uid;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync()
    {
        await sandbox.InitializeAsync();

        // The same UID in INBOX and in a folder of its own.
        var folder = sandbox.User.CreateFolder("Projects");
        uid = sandbox.User.Inbox.Messages.Min(m => m.Uid);
        while (!folder.Messages.Any(m => m.Uid == uid))
            folder.Append(Encoding.ASCII.GetBytes($"Subject: in Projects\r\nFrom: ann@a.example\r\nMessage-ID: <p{folder.Messages.Count}@a.example>\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();
    }

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Id_of_several_folders_is_refused_on_each_route_and_nothing_is_done()
    {
        var rule = (await App.PostAsync("/api/rules", new { name = "bin", matchAll = true, actions = new[] { new { type = "delete" } } })).Result.GetProperty("id").GetString();
        var label = (await App.PostAsync("/api/labels", new { name = "mine" })).Result.GetProperty("id").GetString();
        var (before, accepted) = (Counts(), sandbox.Servers.Accepted.Count);
        object mail = new { provider = "imap", email = Email, mailId = $"imap:{uid}" };
        var (message, labels) = ($"/api/imap/messages/imap:{uid}", $"/api/mails/imap/{Email}/labels?mailId=imap:{uid}");
        List<Reply> replies =
        [
            await App.GetAsync($"{message}?email={Email}"),
            await App.DeleteAsync($"{message}?email={Email}"),
            await App.DeleteAsync($"/api/imap/messages/{uid}?email={Email}"),
            await App.PostAsync($"{message}/move?email={Email}", new { target = "archive" }),
            await App.GetAsync(labels),
            await App.PostAsync(labels, new { labelId = label }),
            await App.PutAsync(labels, new { labelIds = new[] { label } }),
            await App.DeleteAsync($"{labels}&labelId={label}"),
            await App.PostAsync("/api/imap/attachment", new { email = Email, uid, attachmentId = "0" }),
            await App.PostAsync("/api/imap/reply", new { email = Email, uid, body = "x" }),
            await App.PostAsync("/api/imap/forward", new { email = Email, uid, body = "x", toRecipients = new[] { new { address = "tom@sandbox.test" } } }),
            await App.PostAsync($"/api/rules/{rule}/test", mail),
            await App.PostAsync("/api/rules/execute", mail),
        ];
        foreach (var action in (string[])["read", "unread", "star", "unstar", "archive", "spam", "not-spam"])
            replies.Add(await App.PostAsync($"{message}/{action}?email={Email}"));

        foreach (var reply in replies)
        {
            reply.ShouldBeRefused(409, "ambiguous_id");
            reply.Msg!.ShouldContain("INBOX");
            reply.Msg!.ShouldContain("Projects");
        }

        (Counts(), sandbox.Servers.Accepted.Count).ShouldBe((before, accepted));
    }

    [Fact]
    public async Task Batch_names_the_ambiguous_id_and_does_the_others()
    {
        var other = sandbox.User.Inbox.Messages.Max(m => m.Uid);

        var reply = await App.PostAsync("/api/imap/messages/batch", new { email = Email, ids = new[] { uid, other }, action = "delete" });

        reply.Result.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("status").GetString()).ShouldBe(["failed", "done"], reply.Text);
        reply.Result.GetProperty("results")[0].GetProperty("error").GetString().ShouldBe("ambiguous_id");
        sandbox.User.Inbox.Messages.ShouldContain(m => m.Uid == uid);
    }

    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("inbox", "INBOX")]
    [InlineData("Projects", "Projects")]
    public async Task Folder_beside_the_id_says_which(string folder, string path)
    {
        var reply = await App.GetAsync($"/api/imap/messages/imap:{uid}?email={Email}&folder={folder}");

        reply.Result.GetProperty("folderPath").GetString().ShouldBe(path);
    }

    [Fact]
    public async Task Id_that_only_the_inbox_has_needs_no_folder_and_one_of_another_folder_does()
    {
        var inbox = sandbox.User.Inbox.Messages.Max(m => m.Uid);
        var elsewhere = inbox + 3;
        var folder = sandbox.User.Find("Projects")!;
        for (var last = folder.Messages.Max(m => m.Uid); last < elsewhere; last = folder.Messages.Max(m => m.Uid))
            folder.Append(Encoding.ASCII.GetBytes($"Subject: later\r\nMessage-ID: <q{last}@a.example>\r\n\r\ntext\r\n"));
        folder.Expunge([inbox]);
        await sandbox.SyncAsync();

        (await App.GetAsync($"/api/imap/messages/{inbox}?email={Email}")).Result.GetProperty("folderPath").GetString().ShouldBe("INBOX");
        var reply = await App.DeleteAsync($"/api/imap/messages/{elsewhere}?email={Email}");
        reply.ShouldBeRefused(404, "message_not_found");
        reply.Msg!.ShouldContain("There is one in Projects");
        folder.Messages.ShouldContain(m => m.Uid == elsewhere);
    }

    [Fact]
    public async Task Word_of_a_role_that_several_folders_have_is_no_folder_for_an_id_of_both()
    {
        var (one, two) = (sandbox.User.CreateFolder("Lists A"), sandbox.User.CreateFolder("Lists B"));
        foreach (var folder in (MailDaemon.Sandbox.Mail.MailFolder[])[one, two])
            folder.Append(Encoding.ASCII.GetBytes($"Subject: {folder.Path}\r\nMessage-ID: <{folder.Path.Replace(" ", "", StringComparison.Ordinal)}@a.example>\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();

        (await App.DeleteAsync($"/api/imap/messages/1?email={Email}&folder=other")).ShouldBeRefused(409, "ambiguous_id");
        (await App.GetAsync($"/api/imap/messages/1?email={Email}&folder=Lists%20B")).Result.GetProperty("subject").GetString().ShouldBe("Lists B");
    }

    [Fact]
    public async Task Label_lists_each_id_with_its_folder_and_key()
    {
        var label = (await App.PostAsync("/api/labels", new { name = "both" })).Result.GetProperty("id").GetString();
        foreach (var folder in (string[])["INBOX", "Projects"])
            (await App.PostAsync($"/api/mails/imap/{Email}/labels?mailId=imap:{uid}&folder={folder}", new { labelId = label })).Status.ShouldBe(200);

        var mails = (await App.GetAsync($"/api/labels/{label}/mails")).Result.GetProperty("mails").EnumerateArray().ToList();

        mails.Select(m => (m.GetProperty("id").GetString(), m.GetProperty("folderPath").GetString())).Order().ShouldBe([($"imap:{uid}", "INBOX"), ($"imap:{uid}", "Projects")]);
        foreach (var mail in mails)
        {
            var read = await App.GetAsync($"/api/imap/messages/{mail.GetProperty("id").GetString()}?email={mail.GetProperty("email").GetString()}&folder={mail.GetProperty("folderPath").GetString()}");
            read.Result.GetProperty("key").GetString().ShouldBe(mail.GetProperty("key").GetString());
        }
    }

    private string Counts() => string.Join(' ', sandbox.User.Folders.Select(folder => $"{folder.Path}:{folder.Messages.Count}:{folder.Messages.Sum(m => m.Flags.Count)}"));
}
