using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Events;

/// <summary>GET /api/events as a caller sees it.</summary>
public sealed class EventRoutesTests : IAsyncLifetime
{
    private static readonly byte[] Mail = "From: Ann <ann@example.com>\r\nSubject: news\r\nMessage-ID: <news@example.com>\r\n\r\nhello\r\n"u8.ToArray();

    private SandboxApp sandbox = null!;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync() => sandbox = await SandboxApp.StartAsync(new SandboxOptions());

    public async Task DisposeAsync() => await sandbox.DisposeAsync();

    [Fact]
    public async Task New_changed_and_removed_mail_is_told_with_the_mail_itself()
    {
        await using var events = await EventReader.OpenAsync(App, "?types=message");
        sandbox.User.Inbox.Append(Mail);
        await sandbox.SyncAsync();

        var added = await events.NextAsync();
        added!.Value.Type.ShouldBe("message.added");
        added.Value.Data.GetProperty("message").GetProperty("subject").GetString().ShouldBe("news");
        added.Value.Data.GetProperty("email").GetString().ShouldBe(sandbox.Email);
        var key = added.Value.Data.GetProperty("key").GetString();
        (await App.PostAsync($"/api/imap/messages/{key}/read")).Status.ShouldBe(200);
        (await events.NextAsync("message.updated")).GetProperty("message").GetProperty("isRead").GetBoolean().ShouldBeTrue();
        (await App.DeleteAsync($"/api/imap/messages/{key}")).Status.ShouldBe(200);
        (await events.NextAsync("message.updated")).GetProperty("message").GetProperty("folder").GetString().ShouldBe("trash");
        (await App.DeleteAsync($"/api/imap/messages/{key}")).Status.ShouldBe(200);
        var removed = await events.NextAsync("message.removed");
        removed.GetProperty("key").GetString().ShouldBe(key);
        removed.TryGetProperty("message", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_id_misses_nothing()
    {
        sandbox.User.Inbox.Append(Mail);
        await sandbox.SyncAsync();
        string last;
        await using (var before = await EventReader.OpenAsync(App, "?types=message&follow=false", FirstId(await RunAsync())))
        {
            (await before.NextAsync("message.added")).GetProperty("message").GetProperty("subject").GetString().ShouldBe("news");
            last = before.LastId!;
        }

        var key = (await sandbox.FindAsync("news")).GetProperty("key").GetString();
        await App.PostAsync($"/api/imap/messages/{key}/star");

        await using var after = await EventReader.OpenAsync(App, "?types=message", last);
        (await after.NextAsync())!.Value.Type.ShouldBe("message.updated");
    }

    [Fact]
    public async Task Mail_that_was_there_before_the_account_is_not_told_one_by_one()
    {
        await using var events = await EventReader.OpenAsync(App, "?follow=false", FirstId(await RunAsync()));

        var types = new List<string>();
        while (await events.NextAsync() is { } next)
            types.Add(next.Type);

        types.ShouldContain("sync.done");
        types.ShouldNotContain("message.added");
    }

    [Theory]
    [InlineData("1-1")]
    [InlineData("{run}-999999")]
    public async Task Id_of_another_run_or_from_the_future_is_answered_with_reset(string id)
    {
        var run = await RunAsync();
        await using var events = await EventReader.OpenAsync(App, "?follow=false", id.Replace("{run}", run, StringComparison.Ordinal));

        var (type, data) = (await events.NextAsync())!.Value;

        type.ShouldBe("reset");
        data.GetProperty("id").GetString().ShouldStartWith(run);
        (await events.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Mail_in_the_outbox_is_told_from_pending_to_sent()
    {
        await using var events = await EventReader.OpenAsync(App, "?types=outbox");

        (await App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "x", body = "y" })).Status.ShouldBe(200);

        (await events.NextAsync())!.Value.Type.ShouldBe("outbox.pending");
        (await events.NextAsync())!.Value.Type.ShouldBe("outbox.sending");
        var sent = (await events.NextAsync())!.Value;
        sent.Type.ShouldBe("outbox.sent");
        sent.Data.GetProperty("outbox").GetProperty("status").GetString().ShouldBe("sent");
    }

    [Fact]
    public async Task Failed_pass_and_the_good_one_after_it_are_told()
    {
        await using var events = await EventReader.OpenAsync(App, "?types=sync");
        sandbox.Servers.ImapFaults.Refuse.Arm("LIST", "NO [UNAVAILABLE] Later", times: 1);

        await App.PostAsync($"/api/sync?provider=imap&email={sandbox.Email}");

        var failed = await events.NextAsync("sync.failed");
        failed.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        failed.GetProperty("msg").GetString().ShouldNotBeNullOrEmpty();
        await sandbox.SyncAsync();
        (await events.NextAsync("sync.done")).GetProperty("pass").GetProperty("added").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("?types=mail", "invalid_parameter")]
    [InlineData("?lastEventId=x", "invalid_parameter")]
    [InlineData("?lastEventId=1-x", "invalid_parameter")]
    [InlineData("?provider=yahoo", "invalid_parameter")]
    [InlineData("?follow=maybe", "invalid_parameter")]
    public async Task Bad_input_is_refused(string query, string error) => (await App.GetAsync($"/api/events{query}")).ShouldBeRefused(400, error);

    [Fact]
    public async Task More_followers_than_there_is_room_for_are_refused_until_one_leaves()
    {
        var followers = new List<EventReader>();
        for (var i = 0; i < 32; i++)
            followers.Add(await EventReader.OpenAsync(App));

        (await App.GetAsync("/api/events")).ShouldBeRefused(429, "too_many_streams");

        await followers[0].DisposeAsync();
        await Eventually.UntilAsync(async () => (await App.GetAsync("/api/events?follow=false")).Status == 200, "there is room again");
        foreach (var follower in followers)
            await follower.DisposeAsync();
    }

    private static string FirstId(string run) => $"{run}-0";

    private async Task<string> RunAsync()
    {
        await using var events = await EventReader.OpenAsync(App, "?follow=false", "1-1");
        await events.NextAsync();
        return events.LastId![..events.LastId!.IndexOf('-', StringComparison.Ordinal)];
    }
}
