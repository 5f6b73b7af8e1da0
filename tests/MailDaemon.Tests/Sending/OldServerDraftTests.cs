using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

/// <summary>Drafts on a server that does not tell ids of what is put there (no UIDPLUS).</summary>
public sealed class OldServerDraftTests
{
    [Fact]
    public async Task Draft_is_made_changed_and_sent()
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Imap = new ImapServerOptions().Without("UIDPLUS", "CONDSTORE", "QRESYNC") });
        var made = await sandbox.App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", to = "tom@sandbox.test", subject = "one", body = "x" });
        made.Status.ShouldBe(201, made.Text);
        var key = made.Result.GetProperty("key").GetString();

        for (var i = 0; i < 2; i++)
            (await sandbox.App.PutAsync($"/api/imap/drafts/{key}", new { subject = $"two {i}" })).Result.GetProperty("key").GetString().ShouldBe(key);

        sandbox.User.Find("Drafts")!.Messages.Count(m => System.Text.Encoding.UTF8.GetString(m.Raw.Span).Contains("Subject: two 1", StringComparison.Ordinal)).ShouldBe(1);
        (await sandbox.App.PostAsync($"/api/imap/drafts/{key}/send")).Status.ShouldBe(200);
    }
}
