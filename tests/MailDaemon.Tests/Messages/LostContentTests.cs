using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Files of the cache that are missing or damaged.</summary>
public sealed class LostContentTests
{
    private const string Mail = "From: a@b.test\r\nSubject: kept\r\nMessage-ID: <kept@b.test>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwords of it\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\n1,2\r\n--b--\r\n";

    [Theory]
    [InlineData("deleted")]
    [InlineData("emptied")]
    [InlineData("cut")]
    [InlineData("garbage")]
    public async Task Message_is_fetched_again_for_its_reader(string how)
    {
        await using var sandbox = await StartAsync();
        var key = (await sandbox.FindAsync("kept")).GetProperty("key").GetString()!;
        Damage(sandbox, how);

        var detail = await sandbox.App.GetAsync($"/api/imap/messages/{key}");

        detail.Status.ShouldBe(200, detail.Text);
        detail.Result.GetProperty("text").GetString()!.Trim().ShouldBe("words of it");
        await sandbox.StopServersAsync();
        (await sandbox.App.GetAsync($"/api/imap/messages/{key}")).Status.ShouldBe(200, "it is in the cache again");
    }

    [Fact]
    public async Task Attachment_of_a_message_without_its_file_is_had()
    {
        await using var sandbox = await StartAsync();
        var key = (await sandbox.FindAsync("kept")).GetProperty("key").GetString()!;
        Damage(sandbox, "garbage");

        var attachment = await sandbox.App.PostAsync("/api/imap/attachment", new { key, attachmentId = "0" });

        attachment.Status.ShouldBe(200, attachment.Text);
        attachment.Result.GetProperty("filename").GetString().ShouldBe("a.csv");
    }

    [Fact]
    public async Task Server_that_cannot_be_reached_is_told_and_not_a_message_that_is_not_there()
    {
        await using var sandbox = await StartAsync();
        var key = (await sandbox.FindAsync("kept")).GetProperty("key").GetString()!;
        Damage(sandbox, "deleted");
        await sandbox.StopServersAsync();

        var refused = await sandbox.App.GetAsync($"/api/imap/messages/{key}");

        refused.ShouldBeRefused(503, "server_unreachable");
        refused.Msg!.ShouldContain("lost from the cache");
    }

    private static async Task<SandboxApp> StartAsync()
    {
        var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        sandbox.User.Inbox.Append(System.Text.Encoding.ASCII.GetBytes(Mail));
        await sandbox.SyncAsync();
        return sandbox;
    }

    private static void Damage(SandboxApp sandbox, string how)
    {
        var folder = Path.Combine(sandbox.App.DataDirectory, "imap", sandbox.Email, "messages");
        foreach (var file in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories))
        {
            switch (how)
            {
                case "deleted":
                    File.Delete(file);
                    break;
                case "emptied":
                    File.WriteAllText(file, "");
                    break;
                case "cut":
                    File.WriteAllText(file, File.ReadAllText(file)[..20]);
                    break;
                default:
                    File.WriteAllText(file, new string('x', File.ReadAllText(file).Length));
                    break;
            }
        }
    }
}
