using System.Globalization;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Tests.Support;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Tests.Sync;

public sealed class SyncVerifyTests : IAsyncLifetime
{
    private const string Path = "/api/sync/verify?provider=imap&email=lina@sandbox.test";
    private SandboxApp sandbox = null!;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync() => sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Cache_that_is_what_the_server_has_is_verified_folder_by_folder()
    {
        Append(3);
        sandbox.User.Inbox.ChangeFlags([2], flags => flags.Add("\\Seen"));
        await sandbox.SyncAsync();

        var proof = await VerifyAsync();

        proof.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.ToString());
        proof.GetProperty("isComplete").GetBoolean().ShouldBeTrue();
        proof.GetProperty("total").GetInt32().ShouldBe(0);
        proof.GetProperty("folders").GetArrayLength().ShouldBe(sandbox.User.Folders.Count(f => f.IsSelectable));
        Folder(proof, "INBOX").ToString().ShouldBe("""{"folder":"INBOX","server":3,"cached":3,"isComplete":true,"differences":0,"error":null}""");
    }

    [Fact]
    public async Task Whatever_changed_on_the_server_since_the_last_pass_is_named_and_a_pass_mends_it()
    {
        Append(4);
        sandbox.User.CreateFolder("Old/旧");
        await sandbox.SyncAsync();
        sandbox.User.Inbox.ChangeFlags([1], flags => flags.Add("\\Flagged"));
        sandbox.User.Inbox.ChangeFlags([2], flags => flags.Add("todo"));
        sandbox.User.Inbox.Expunge([3]);
        Append(1);
        sandbox.User.CreateFolder("New/新");
        sandbox.User.DeleteFolder("Old/旧");

        var proof = await VerifyAsync();
        await sandbox.SyncAsync();
        var after = await VerifyAsync();

        Lines(proof).ShouldBe(
        [
            "INBOX 1 flags none starred",
            "INBOX 2 labels  todo",
            "INBOX 3 missing_on_server none -",
            "INBOX 5 missing_in_cache - none",
            "New - folder_missing_in_cache - New",
            "New/新 - folder_missing_in_cache - New/新",
            "Old/旧 - folder_missing_on_server 0 -",
        ]);
        (proof.GetProperty("verified").GetBoolean(), proof.GetProperty("total").GetInt32()).ShouldBe((false, 7));
        (Folder(proof, "INBOX").GetProperty("server").GetInt32(), Folder(proof, "INBOX").GetProperty("differences").GetInt32()).ShouldBe((4, 4));
        after.GetProperty("verified").GetBoolean().ShouldBeTrue(after.ToString());
    }

    [Fact]
    public async Task Cache_that_was_tampered_with_is_found_out()
    {
        Append(3);
        await sandbox.SyncAsync();
        await ChangeIndexAsync("update messages set flags = 1 where uid = 1; update messages set labels = '[\"made-up\"]' where uid = 2; delete from messages where uid = 3; update folders set total = 3 where path = 'INBOX'");

        Lines(await VerifyAsync()).ShouldBe(
        [
            "INBOX - count 3 counted, 2 there 3",
            "INBOX 1 flags read none",
            "INBOX 2 labels made-up ",
            "INBOX 3 missing_in_cache - none",
        ]);

        sandbox.User.Inbox.RebuildWithNewUidValidity();
        Lines(await VerifyAsync()).ShouldBe(["INBOX - renumbered - -"]);
    }

    [Fact]
    public async Task Folder_in_its_first_pass_answers_for_what_it_has_read_only()
    {
        Append(5);
        await sandbox.SyncAsync();
        await ChangeIndexAsync("delete from messages where uid < 4; update scopes set cursor = replace(cursor, '\"Backfill\":1', '\"Backfill\":4') where name = 'INBOX'");
        sandbox.User.Inbox.Expunge([5]);

        var proof = await VerifyAsync();

        Lines(proof).ShouldBe(["INBOX 5 missing_on_server none -"]);
        (proof.GetProperty("isComplete").GetBoolean(), Folder(proof, "INBOX").GetProperty("isComplete").GetBoolean()).ShouldBe((false, false));
        Folder(proof, "Archive").GetProperty("isComplete").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Mail_older_than_the_days_to_keep_is_no_difference()
    {
        (await App.PutAsync("/api/accounts/imap/lina@sandbox.test/settings", new { syncDays = 7 })).Status.ShouldBe(200);
        var folder = sandbox.User.CreateFolder("Archive/2020");
        folder.Append("Subject: old\r\nMessage-ID: <old@x>\r\n\r\ntext\r\n"u8.ToArray(), internalDate: TimeProvider.System.GetUtcNow().AddDays(-30));
        var late = folder.Append("Subject: late\r\nMessage-ID: <late@x>\r\n\r\ntext\r\n"u8.ToArray());
        await sandbox.SyncAsync();

        var proof = await VerifyAsync();
        folder.Expunge([late.Uid]);

        proof.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.ToString());
        Folder(proof, "Archive/2020").ToString().ShouldBe("""{"folder":"Archive/2020","server":2,"cached":1,"isComplete":true,"differences":0,"error":null}""");
        Lines(await VerifyAsync()).ShouldBe(["Archive/2020 2 missing_on_server none -"]);
    }

    [Fact]
    public async Task What_is_mended_while_it_is_looked_at_is_no_difference()
    {
        Append(2);

        var proof = VerifyAsync();
        await sandbox.SyncAsync();

        (await proof).GetProperty("verified").GetBoolean().ShouldBeTrue((await proof).ToString());
    }

    [Theory]
    [InlineData("MOVE")]
    [InlineData("QRESYNC")]
    [InlineData("QRESYNC CONDSTORE")]
    public async Task What_we_moved_and_another_client_removed_before_a_pass_saw_it_there_is_gone(string without)
    {
        await using var other = await SandboxApp.StartAsync(new SandboxOptions { Seed = false, Imap = new ImapServerOptions().Without(without.Split(' ')) });
        other.User.Inbox.Append("Subject: wanders\r\nMessage-ID: <1@x>\r\n\r\ntext\r\n"u8.ToArray());
        await other.SyncAsync();
        var key = (await other.FindAsync("wanders")).GetProperty("key").GetString();
        var archived = await other.App.PostAsync($"/api/imap/messages/{key}/archive");
        archived.Status.ShouldBe(200, archived.Text);
        other.User.Find("Archive")!.Expunge([1]);

        await other.SyncAsync();

        (await other.App.GetAsync(Path)).Result.GetProperty("verified").GetBoolean().ShouldBeTrue();
        (await other.App.GetAsync($"/api/imap/messages/{key}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Long_list_of_differences_is_cut_and_counted()
    {
        Append(1_100);

        var proof = await VerifyAsync();

        proof.GetProperty("differences").GetArrayLength().ShouldBe(1_000);
        proof.GetProperty("total").GetInt32().ShouldBe(1_100);
        Folder(proof, "INBOX").GetProperty("differences").GetInt32().ShouldBe(1_100);
    }

    [Fact]
    public async Task Folder_that_cannot_be_read_says_so_and_the_others_are_compared()
    {
        Append(1);
        sandbox.Servers.ImapFaults.Refuse.Arm("EXAMINE", "NO [LIMIT] Slow down", times: 1);

        var proof = await VerifyAsync();

        proof.GetProperty("verified").GetBoolean().ShouldBeFalse();
        var refused = proof.GetProperty("folders").EnumerateArray().Single(f => f.GetProperty("error").ValueKind == JsonValueKind.String);
        refused.GetProperty("error").GetString()!.ShouldContain("Slow down");
        refused.GetProperty("server").ValueKind.ShouldBe(JsonValueKind.Null);
        proof.GetProperty("folders").GetArrayLength().ShouldBeGreaterThan(3);
    }

    [Theory]
    [InlineData("/api/sync/verify?email=lina@sandbox.test", 400, "missing_parameter", "Missing provider parameter")]
    [InlineData("/api/sync/verify?provider=imap", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("/api/sync/verify?provider=yahoo&email=lina@sandbox.test", 400, "invalid_provider", "Invalid provider")]
    [InlineData("/api/sync/verify?provider=imap&email=nobody@sandbox.test", 401, "account_not_configured", "Account not configured")]
    [InlineData("/api/sync/verify?provider=gmail&email=nobody@gmail.com", 401, "not_authorized", "Not authorized")]
    public async Task Bad_call_is_told_exactly(string path, int status, string error, string message)
    {
        var reply = await App.GetAsync(path);

        reply.ShouldBeRefused(status, error);
        reply.Msg.ShouldBe(message);
    }

    [Fact]
    public async Task Server_that_is_away_is_no_difference_but_an_error()
    {
        await sandbox.StopServersAsync();

        (await App.GetAsync(Path)).ShouldBeRefused(503, "server_unreachable");
    }

    private async Task<JsonElement> VerifyAsync()
    {
        var reply = await App.GetAsync(Path);
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result;
    }

    private void Append(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
            sandbox.User.Inbox.Append(System.Text.Encoding.ASCII.GetBytes($"Subject: one\r\nMessage-ID: <{id}@x>\r\n\r\ntext\r\n"));
        }
    }

    private async Task ChangeIndexAsync(string sql)
    {
        await using var index = new SqliteConnection($"Data Source={System.IO.Path.Combine(App.DataDirectory, "imap", sandbox.Email, "index.db")};Pooling=False");
        await index.OpenAsync();
        await using var command = index.CreateCommand();
#pragma warning disable CA2100 // the words of a test
        command.CommandText = sql;
#pragma warning restore CA2100
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }

    private static JsonElement Folder(JsonElement proof, string path) =>
        proof.GetProperty("folders").EnumerateArray().Single(f => f.GetProperty("folder").GetString() == path);

    private static IEnumerable<string> Lines(JsonElement proof) => proof.GetProperty("differences").EnumerateArray().Select(d =>
        string.Join(' ', d.EnumerateObject().Where(p => p.Name != "id").Select(p => p.Value.ValueKind == JsonValueKind.Null ? "-" : p.Value.ToString())));
}
