using System.Text;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Sending;

/// <summary>A request repeated under its Idempotency-Key gets the first reply, whatever became of what it names.</summary>
public sealed class RepeatedRequestTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("reply", true)]
    [InlineData("reply", false)]
    [InlineData("forward", true)]
    [InlineData("forward", false)]
    public async Task Original_that_was_deleted_is_not_missed(string route, bool byKey)
    {
        var uid = sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes("From: Bob <tom@sandbox.test>\r\nTo: lina@sandbox.test\r\nSubject: order\r\n\r\nsix lamps\r\n")).Uid;
        await sandbox.SyncAsync();
        var key = (await App.GetAsync($"/api/imap/messages/{uid}?email=lina@sandbox.test")).Result.GetProperty("key").GetString();
        object body = byKey ? new { key, body = "b", to = "tom@sandbox.test" } : new { uid, email = "lina@sandbox.test", body = "b", to = "tom@sandbox.test" };

        await OnceAsync($"/api/imap/{route}", body, async () =>
        {
            sandbox.User.Inbox.Expunge([uid]);
            await sandbox.SyncAsync();
            (await App.GetAsync($"/api/imap/messages/{uid}?email=lina@sandbox.test")).Status.ShouldBe(404);
        });
    }

    [Fact]
    public async Task Draft_that_was_sent_is_not_missed()
    {
        var made = await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body = "b" });

        await OnceAsync($"/api/imap/drafts/{made.Result.GetProperty("key").GetString()}/send", null, () => Task.CompletedTask);
    }

    [Fact]
    public async Task File_that_has_gone_is_not_missed()
    {
        var file = Path.Combine(App.DataDirectory, "downloads", "list.txt");
        await File.WriteAllTextAsync(file, "x");

        await OnceAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", attachments = new[] { new { path = "list.txt" } } }, () =>
        {
            File.Delete(file);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Reply_with_a_token_is_not_kept()
    {
        var reply = await App.PostAsync("/api/agents/repeated/tasks/lease", new { limit = 1 }, ("Idempotency-Key", "lease-1"));

        (reply.Status, reply.Error).ShouldBe((400, "invalid_parameter"), reply.Text);
        (await App.PostAsync("/api/agents/repeated/tasks/lease", new { limit = 1 })).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/api/imap/drafts", """{"email":"lina@sandbox.test","subject":"kept once","body":"b"}""", """{"email":"lina@sandbox.test","subject":"another","body":"b"}""")]
    [InlineData("/api/labels", """{"name":"repeated","color":"red"}""", """{"name":"other","color":"red"}""")]
    [InlineData("/api/imap/folders", """{"email":"lina@sandbox.test","name":"Repeated"}""", """{"email":"lina@sandbox.test","name":"Other"}""")]
    public async Task Every_route_with_an_effect_keeps_its_first_reply(string route, string body, string other)
    {
        var key = Guid.NewGuid().ToString();
        var drafts = sandbox.User.Find("Drafts")!.Messages.Count;

        var first = await App.PostAsync(route, body, ("Idempotency-Key", key));
        var again = await App.PostAsync(route, body, ("Idempotency-Key", key));

        first.Status.ShouldBe(201, first.Text);
        (again.Status, again.Text).ShouldBe((201, first.Text));
        (sandbox.User.Find("Drafts")!.Messages.Count - drafts).ShouldBe(route.EndsWith("drafts", StringComparison.Ordinal) ? 1 : 0);
        (await App.PostAsync(route, other, ("Idempotency-Key", key))).ShouldBeRefused(409, "idempotency_conflict");
        (await App.PostAsync(route, body, ("Idempotency-Key", "two words"))).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task Repeats_at_the_same_time_are_one_request()
    {
        var key = Guid.NewGuid().ToString();
        var drafts = sandbox.User.Find("Drafts")!.Messages.Count;

        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", subject = "at once", body = "b" }, ("Idempotency-Key", key))));

        replies.Select(reply => reply.Text).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        sandbox.User.Find("Drafts")!.Messages.Count.ShouldBe(drafts + 1);
    }

    [Fact]
    public async Task What_is_kept_of_a_request_says_nothing_of_the_passwords_in_it()
    {
        using var directory = new TempDirectory();
        var body = new { name = "kept", color = "red" };
        (string Name, string Value) key = ("Idempotency-Key", "k-1");
        var hashes = new List<string>();
        foreach (var data in (string[])[directory.Sub("one"), directory.Sub("two")])
        {
            await using var app = await DaemonApp.StartAsync(dataDirectory: data);
            (await app.PostAsync("/api/labels", body, key)).Status.ShouldBe(201);
            hashes.Add(app.Services.GetRequiredService<SqliteFile>().Read(reader => reader.Text("select hex(request_hash) from replies"))!);
        }

        hashes[0].Length.ShouldBe(64);
        hashes[1].ShouldNotBe(hashes[0], "each daemon has a key of its own");
        await using var again = await DaemonApp.StartAsync(dataDirectory: Path.Combine(directory.Path, "one"));
        (await again.PostAsync("/api/labels", body, key)).Status.ShouldBe(201, "the key outlives the daemon");
        (await again.GetAsync("/api/labels")).Result.EnumerateArray().Count(label => label.GetProperty("name").GetString() == "kept").ShouldBe(1);
    }

    [Fact]
    public async Task Reply_that_was_kept_with_a_plain_hash_is_a_conflict_and_never_a_second_effect()
    {
        using var directory = new TempDirectory();
        var paths = new DataPaths(directory.Sub("data"));
        using (var old = SqliteFile.Open(paths.StoreDatabase, StoreSchema.Current with { Scripts = [.. StoreSchema.Current.Scripts.Take(15)] }))
        {
            await old.WriteAsync(
                writer => writer.Execute(
                    "insert into replies (route, idempotency_key, request_hash, status, body, created_at) values ('POST /api/labels', 'k-1', ?1, 201, x'7B7D', ?2)",
                    new byte[32],
                    TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
                CancellationToken.None);
        }

        await using var app = await DaemonApp.StartAsync(dataDirectory: paths.Root);

        app.Services.GetRequiredService<SqliteFile>().Read(reader => reader.Number("select length(request_hash) from replies")).ShouldBe(0);
        (await app.PostAsync("/api/labels", new { name = "kept", color = "red" }, ("Idempotency-Key", "k-1"))).ShouldBeRefused(409, "idempotency_conflict");
    }

    [Fact]
    public async Task Request_that_failed_may_be_made_again()
    {
        var key = Guid.NewGuid().ToString();
        (await App.PostAsync("/api/imap/drafts", new { email = "nobody@sandbox.test", body = "b" }, ("Idempotency-Key", key))).ShouldBeRefused(401, "account_not_configured");

        (await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", body = "b" }, ("Idempotency-Key", key))).Status.ShouldBe(201);
    }

    private async Task OnceAsync(string route, object? body, Func<Task> meanwhile)
    {
        var key = Guid.NewGuid().ToString();
        var first = await App.PostAsync(route, body, ("Idempotency-Key", key));
        first.Status.ShouldBe(200, first.Text);
        var accepted = sandbox.Servers.Accepted.Count;
        await meanwhile();

        var again = await App.PostAsync(route, body, ("Idempotency-Key", key));

        again.Status.ShouldBe(200, again.Text);
        again.Result.GetProperty("messageId").GetString().ShouldBe(first.Result.GetProperty("messageId").GetString());
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
    }
}
