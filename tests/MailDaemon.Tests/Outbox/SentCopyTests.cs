using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Smtp;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outbox;

/// <summary>Who puts the copy of a sent mail into Sent.</summary>
public sealed class SentCopyTests
{
    private const string Settings = "/api/accounts/imap/lina@sandbox.test/settings";

    [Fact]
    public async Task Server_that_files_sent_mail_itself_has_one_copy_of_each()
    {
        await using var sandbox = await StartAsync(filesSentMail: true);
        for (var sent = 1; sent <= 3; sent++)
        {
            (await SendAsync(sandbox)).GetProperty("id").GetString().ShouldBe($"imap:{sandbox.User.Find("Sent")!.Messages[^1].Uid}");
            sandbox.User.Find("Sent")!.Messages.Count.ShouldBe(sent);
        }
    }

    [Fact]
    public async Task Server_that_ignores_what_is_searched_is_looked_at_all_the_same()
    {
        await using var sandbox = await StartAsync(filesSentMail: true);
        sandbox.User.Find("Sent")!.Append("Message-ID: <other@sandbox.test>\r\nSubject: other\r\n\r\nx\r\n"u8.ToArray());
        sandbox.Servers.ImapFaults.DeafSearch.Arm(true);

        await SendAsync(sandbox);

        sandbox.User.Find("Sent")!.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Habit_is_remembered_and_not_asked_for_again()
    {
        await using var sandbox = await StartAsync(filesSentMail: false);
        await SendAsync(sandbox);
        await SendAsync(sandbox);
        var searches = sandbox.Servers.ImapCounters.CountOf("SEARCH");
        var appended = sandbox.Servers.ImapCounters.CountOf("APPEND");

        await App(sandbox).PutAsync(Settings, new { signature = "x" });
        sandbox.Servers.ImapFaults.Refuse.Arm("SEARCH", "NO [UNAVAILABLE] Whoever looks again learns nothing");
        await SendAsync(sandbox);

        sandbox.Servers.ImapCounters.CountOf("APPEND").ShouldBe(appended + 1);
        sandbox.User.Find("Sent")!.Messages.Count.ShouldBe(3);
        searches.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("server", false, 0)]
    [InlineData("daemon", true, 2)]
    [InlineData("auto", true, 1)]
    public async Task Setting_decides(string setting, bool filesSentMail, int copies)
    {
        await using var sandbox = await StartAsync(filesSentMail);
        var set = await App(sandbox).PutAsync(Settings, new { sentCopies = setting });
        set.Result.GetProperty("sentCopies").GetString().ShouldBe(setting, set.Text);

        await SendAsync(sandbox);

        sandbox.User.Find("Sent")!.Messages.Count.ShouldBe(copies);
    }

    private static DaemonApp App(SandboxApp sandbox) => sandbox.App;

    private static Task<SandboxApp> StartAsync(bool filesSentMail) =>
        SandboxApp.StartAsync(new SandboxOptions { Seed = false, Smtp = new SmtpServerOptions { FilesSentMail = filesSentMail } });

    private static async Task<System.Text.Json.JsonElement> SendAsync(SandboxApp sandbox)
    {
        var sent = await sandbox.App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "s", body = "b" });
        sent.Status.ShouldBe(200, sent.Text);
        return sent.Result;
    }
}
