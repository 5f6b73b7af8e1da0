using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Which mail was answered or sent on, here or elsewhere.</summary>
public sealed class AnsweredMailTests : IAsyncLifetime
{
    private const string Messages = "/api/imap/messages";

    private SandboxApp sandbox = null!;

    public async Task InitializeAsync()
    {
        sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        foreach (var (subject, flags) in new[] { ("answered", new[] { "\\Answered" }), ("forwarded", ["$Forwarded"]), ("both", ["\\Answered", "$Forwarded"]), ("neither", []) })
        {
            sandbox.User.Inbox.Append(Encoding.ASCII.GetBytes($"From: tom@sandbox.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@b.test>\r\n\r\nword\r\n"), flags);
        }

        await sandbox.SyncAsync();
    }

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Theory]
    [InlineData("isAnswered=true", "answered both")]
    [InlineData("isAnswered=false", "forwarded neither")]
    [InlineData("isForwarded=true", "both forwarded")]
    [InlineData("isForwarded=false&isAnswered=false", "neither")]
    [InlineData("isAnswered=true&isForwarded=true&isUnread=true", "both")]
    public async Task Lists_and_searches_are_narrowed(string filter, string subjects)
    {
        foreach (var route in new[] { $"{Messages}?email={sandbox.Email}&", "/api/messages?", $"/api/imap/search?email={sandbox.Email}&", "/api/search?" })
        {
            var list = await sandbox.App.GetAsync(route + filter);

            list.Status.ShouldBe(200, list.Text);
            list.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("subject").GetString()!).Order(StringComparer.Ordinal).ShouldBe(subjects.Split(' '), ignoreOrder: false, route);
            list.Result.GetProperty("total").GetInt32().ShouldBe(subjects.Split(' ').Length, route);
        }
    }

    [Fact]
    public async Task Our_own_answer_and_forward_are_marked_on_the_server_and_what_others_mark_is_shown()
    {
        var key = (await sandbox.FindAsync("neither")).GetProperty("key").GetString()!;
        (await sandbox.App.PostAsync("/api/imap/reply", new { key, body = "yes" })).Status.ShouldBe(200);
        (await sandbox.App.PostAsync("/api/imap/forward", new { key, toRecipients = new[] { new { address = "tom@sandbox.test" } }, body = "see" })).Status.ShouldBe(200);

        sandbox.User.Inbox.Messages[3].Flags.ShouldContain("\\Answered");
        sandbox.User.Inbox.Messages[3].Flags.ShouldContain("$Forwarded");
        var detail = (await sandbox.App.GetAsync($"{Messages}/{key}")).Result;
        (detail.GetProperty("isAnswered").GetBoolean(), detail.GetProperty("isForwarded").GetBoolean()).ShouldBe((true, true));

        sandbox.User.Inbox.ChangeFlags([1], flags => flags.Remove("\\Answered").Add("$Forwarded"));
        await sandbox.SyncAsync();
        var item = await sandbox.FindAsync("answered");
        (item.GetProperty("isAnswered").GetBoolean(), item.GetProperty("isForwarded").GetBoolean()).ShouldBe((false, true));
    }
}
