using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Support;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Tests.Hosting;

/// <summary>A GET changes nothing: a link that somebody makes a browser follow must be harmless.</summary>
public sealed class QuietRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private DaemonApp App => sandbox.App;

    [Fact]
    public async Task Every_get_route_called_twice_changes_nothing()
    {
        var item = await sandbox.FindAsync("合同已盖章 📄 请查收");
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["p"] = "imap",
            ["provider"] = "imap",
            ["email"] = sandbox.Email,
            ["id"] = item.GetProperty("id").GetString()!,
            ["key"] = item.GetProperty("key").GetString()!,
            ["attachmentId"] = "0",
            ["mailId"] = item.GetProperty("key").GetString()!,
            ["follow"] = "false",
            ["agentId"] = "nobody",
            ["threadId"] = item.GetProperty("threadId").GetString()!,
        };
        await MakeRuleAsync(values);
        var trail = await MakeTrailAsync(item.GetProperty("key").GetString()!);
        var label = await App.PostAsync("/api/labels", new { name = "quiet" });
        var waiting = await App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, body = "x", sendAt = "2099-01-01T00:00:00Z" });
        var draft = (await App.GetAsync($"/api/imap/drafts?email={sandbox.Email}")).Result.GetProperty("messages")[0];
        var routes = (await AllRoutes.ReadAsync(App)).Where(r => r.Method == "GET").ToList();
        routes.Count.ShouldBeGreaterThan(10);
        foreach (var published in (string[])["index.json", "sync.json"])
            await Eventually.UntilAsync(() => File.Exists(Path.Combine(App.DataDirectory, "imap", sandbox.Email, published)), published);
        var before = await StateAsync();

        foreach (var route in routes)
        {
            values["labelId"] = label.Result.GetProperty("id").GetString()!;
            values["id"] = route.Template.Contains("/outbox/", StringComparison.Ordinal) ? waiting.Result.GetProperty("outboxId").GetString()!
                : route.Template.Contains("/okki/", StringComparison.Ordinal) ? trail
                : (route.Template.Contains("/drafts/", StringComparison.Ordinal) ? draft : item).GetProperty("id").GetString()!;
            var path = RouteCalls.PathOf(route, values);
            var first = await App.GetAsync(path);
            var second = await App.GetAsync(path);

            first.Status.ShouldBe(IsOfOtherProvider(route.Template) ? 401 : 200, $"{path}: {first.Text}");
            if (route.Template is not ("/health" or "/metrics"))
                second.Text.ShouldBe(first.Text, path);
        }

        var after = await StateAsync();
        (after.Except(before, StringComparer.Ordinal), before.Except(after, StringComparer.Ordinal)).ShouldSatisfyAllConditions(
            changes => changes.Item1.ShouldBeEmpty("came"), changes => changes.Item2.ShouldBeEmpty("went"));
    }

    private static bool IsOfOtherProvider(string template) =>
        template.StartsWith("/api/outlook/", StringComparison.Ordinal) || template.StartsWith("/api/gmail/", StringComparison.Ordinal);

    /// <summary>A rule that was run and applied, and the task that it made.</summary>
    private async Task MakeRuleAsync(Dictionary<string, string> values)
    {
        var made = await App.PostAsync("/api/rules", new { name = "quiet", matchAll = true, enabled = false, actions = new[] { new { type = "agent_handle", value = "quiet" } } });
        values["ruleId"] = made.Result.GetProperty("id").GetString()!;
        var rule = $"/api/rules/{values["ruleId"]}";
        await App.PostAsync(rule + "/toggle", new { enabled = true });
        await App.PostAsync("/api/rules/execute", new { mailId = values["key"] });
        await App.PostAsync(rule + "/apply", new { dryRun = true });
        await Eventually.UntilAsync(async () => (await App.GetAsync(rule + "/apply")).Result.GetProperty("status").GetString() == "done", "it is applied");
        values["taskId"] = (await App.GetAsync("/api/agents/tasks")).Result.GetProperty("tasks")[0].GetProperty("id").GetString()!;
    }

    /// <summary>A record, the mirror of the customers and a backfill that are over.</summary>
    private async Task<string> MakeTrailAsync(string key)
    {
        var crm = sandbox.Servers.Okki;
        await App.SendAsync("PUT", "/api/okki/config", new { enabled = true, baseUrl = crm.Url, clientId = OkkiServer.ClientId, clientSecret = OkkiServer.ClientSecret });
        var trail = (await App.PostAsync("/api/okki/trails/email", new { uid = "quiet", from = "anna.schmidt@nordlicht.example", to = sandbox.Email })).Result.GetProperty("id").GetString()!;
        await App.PostAsync("/api/okki/backfill", new { provider = "imap", email = sandbox.Email, dryRun = true });
        await Eventually.UntilAsync(async () => (await App.GetAsync($"/api/okki/backfill?provider=imap&email={sandbox.Email}")).Result.GetProperty("state").GetString() == "done", "it is counted");
        await App.PostAsync("/api/okki/customers/sync");
        await Eventually.UntilAsync(async () => (await App.GetAsync("/api/okki/customers/sync")).Result.GetProperty("status").GetString() == "idle", "the customers are read");
        return trail;
    }

    [Fact]
    public async Task State_that_is_compared_holds_what_a_write_changes()
    {
        var before = await StateAsync();

        var item = await sandbox.FindAsync("报关单 5301-0471 状态：已放行");
        (await App.PostAsync($"/api/imap/messages/{item.GetProperty("key").GetString()}/read")).Status.ShouldBe(200);

        (await StateAsync()).ShouldNotBe(before);
    }

    /// <summary>All rows of the databases, the names of all files, and the flags of all mail on the server.</summary>
    private async Task<IReadOnlyList<string>> StateAsync()
    {
        var state = new StringBuilder();
        await DumpAsync(Path.Combine(App.DataDirectory, "store.db"), state);
        await DumpAsync(Path.Combine(App.DataDirectory, "imap", sandbox.Email, "index.db"), state);
        foreach (var folder in sandbox.User.Folders)
        {
            foreach (var message in folder.Messages)
                state.AppendLine(CultureInfo.InvariantCulture, $"{folder.Path} {message.Uid} {string.Join(' ', message.Flags)}");
        }

        // Downloaded attachments and what SQLite keeps beside a database are no state.
        var files = Directory.GetFiles(App.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/logs/", StringComparison.Ordinal) && !f.Contains("/attachments/", StringComparison.Ordinal) && !f.Contains(".db-", StringComparison.Ordinal));
        return [.. state.ToString().Split('\n'), .. files];
    }

    private static async Task DumpAsync(string file, StringBuilder state)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        var tables = await ReadAsync(connection, "select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name");
        tables.Count.ShouldBeGreaterThan(0);
        foreach (var table in tables)
        {
            state.AppendLine(table);
            foreach (var row in await ReadAsync(connection, $"select * from \"{table}\""))
                state.AppendLine(row);
        }
    }

    private static async Task<List<string>> ReadAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the name of a table of ours
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                byte[] bytes => Convert.ToHexString(bytes),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            })));
        }

        return rows;
    }
}
