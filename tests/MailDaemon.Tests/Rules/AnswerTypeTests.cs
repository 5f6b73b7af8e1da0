using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Tests.Rules;

/// <summary>The type of what rules send is said and never guessed.</summary>
public sealed class AnswerTypeTests
{
    /// <summary>Scripts of the store before types stood beside texts.</summary>
    private const int OldVersion = 14;

    [Theory]
    [InlineData(null, "Write <b>LED</b> & <your name>\n{{subject}}", "Write <b>LED</b> & <your name>\n<p>price</p>", null)]
    [InlineData("text", "<p>Dear</p>", "<p>Dear</p>", null)]
    [InlineData("text/plain", "<html><body>Dear</body></html>", "<html><body>Dear</body></html>", null)]
    [InlineData("html", "<p>Dear <b>customer</b>, {{subject}}</p>", "Dear customer, <p>price</p>", "<p>Dear <b>customer</b>, &lt;p&gt;price&lt;/p&gt;</p>")]
    [InlineData("text/html", "Dear\ncustomer &amp; friend", "Dear\ncustomer & friend", "Dear<br>\ncustomer &amp; friend")]
    public async Task Answer_of_a_rule_goes_out_as_what_the_rule_says(string? contentType, string value, string text, string? html)
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        var made = await sandbox.App.PostAsync("/api/rules", new { name = "answer", matchAll = true, actions = new[] { new { type = "auto_reply", value, contentType } } });
        made.Status.ShouldBe(201, made.Text);
        made.Result.GetProperty("actions")[0].GetProperty("contentType").GetString().ShouldBe(html is null ? "text" : "html");
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
            $"From: Ann <ann@types.test>\r\nTo: {sandbox.Email}\r\nSubject: <p>price</p>\r\nMessage-ID: <1@types.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();

        await Eventually.UntilAsync(() => sandbox.Servers.Accepted.Count == 1, "the answer went out");
        var mail = MimeParser.Parse(sandbox.Servers.Accepted[0].Raw);
        Lines(mail.TextBody).ShouldBe(text);
        Lines(mail.HtmlBody).ShouldBe(html);
    }

    [Fact]
    public async Task Stored_rule_keeps_what_its_text_meant_when_it_was_made()
    {
        (string Value, string Type)[] stored =
        [
            ("<p>Dear</p>", "html"), ("a <BR/> b", "html"), ("<a href=\"https://x.test\">x</a>", "html"), ("1 < 2 and <b>so</b>", "html"), ("<img\nsrc=x>", "html"), ("<Strong >x", "html"),
            ("Dear <name>", "text"), ("a < b > c", "text"), ("p> 1 <", "text"), ("<pre>x", "text"), ("<p <x>", "text"), ("</p>", "text"), ("<p", "text"), ("a@b <i@b.test>", "text"), ("谢谢", "text"),
        ];
        using var directory = new TempDirectory();
        var data = directory.Sub("data");
        var paths = new DataPaths(data);
        using (var old = SqliteFile.Open(paths.StoreDatabase, StoreSchema.Current with { Scripts = [.. StoreSchema.Current.Scripts.Take(OldVersion)] }))
        {
            var actions = stored.Select(answer => (object)new { type = "auto_reply", value = answer.Value, days = 3 }).Prepend(new { type = "add_label", value = "<b>" }).ToArray();
            await WriteAsync(old, "r_old", actions, 7);
            await WriteAsync(old, "r_other", [new { type = "star", value = "" }], 1);
        }

        await using var app = await DaemonApp.StartAsync(dataDirectory: data);
        var rule = (await app.GetAsync("/api/rules/r_old")).Result;

        rule.GetProperty("version").GetInt32().ShouldBe(7, "it does what it did");
        var shown = rule.GetProperty("actions").EnumerateArray().ToList();
        shown[0].GetRawText().ShouldBe("""{"type":"add_label","value":"<b>"}""");
        shown.Skip(1).Select(action => (action.GetProperty("value").GetString()!, action.GetProperty("contentType").GetString()!, action.GetProperty("days").GetInt32()))
            .ShouldBe(stored.Select(answer => (answer.Value, answer.Type, 3)));
        (await app.GetAsync("/api/rules/r_other")).Result.GetProperty("actions").GetRawText().ShouldBe("""[{"type":"star","value":""}]""");
        var put = await app.PutAsync("/api/rules/r_old", new { actions = rule.GetProperty("actions").EnumerateArray().Skip(1).ToArray() });
        put.Status.ShouldBe(200, put.Text);
    }

    [Fact]
    public async Task Planned_answers_of_rules_and_agents_keep_what_they_meant()
    {
        using var directory = new TempDirectory();
        var paths = new DataPaths(directory.Path);
        using (var old = SqliteFile.Open(paths.StoreDatabase, StoreSchema.Current with { Scripts = [.. StoreSchema.Current.Scripts.Take(OldVersion)] }))
        {
            await old.WriteAsync(
                writer =>
                {
                    foreach (var (step, action) in new[] { """{"type":"auto_reply","value":"\u003Cp\u003Ehi"}""", """{"type":"auto_reply","value":"hi"}""", """{"type":"star","value":"<p>"}""" }.Index())
                    {
                        writer.Execute(
                            "insert into rule_runs (key, rule_id, version, step, provider, email, action, state, at) values ('m_1', 'r_1', 1, ?1, 'imap', 'a@types.test', ?2, 'failed', 0)", step, action);
                    }

                    const string Insert =
                        "insert into agent_tasks (id, agent_id, provider, email, key, rule_id, rule_name, state, allowed, message, attempts, next_attempt_at, lease_until, actions, created_at, updated_at) "
                        + "values (?1, 'sales', 'imap', 'a@types.test', 'm_1', 'r_1', 'rule', 'completing', '[]', '{}', 1, 0, 0, ?2, 0, 0)";
                    writer.Execute(Insert, "t_1", """[{"type":"star","value":"","status":"done"},{"type":"create_draft","value":"<p>x","status":"planned"},{"type":"reply","value":"<p>x","status":"planned"}]""");
                    writer.Execute(Insert, "t_2", """[{"type":"reply","value":"x > y","status":"planned"}]""");
                    return writer.Execute(Insert, "t_3", null);
                },
                CancellationToken.None);
        }

        using var store = StoreSchema.Open(paths);

        store.Read(reader => reader.Query("select json_extract(action, '$.contentType') from rule_runs order by step", row => row.IsDBNull(0) ? null : row.GetString(0))).ShouldBe(["html", "text", null]);
        store.Read(reader => reader.Query("select actions from agent_tasks order by id", row => row.IsDBNull(0) ? null : row.GetString(0))).ShouldBe(
        [
            """[{"type":"star","value":"","status":"done"},{"type":"create_draft","value":"<p>x","status":"planned","contentType":"text"},{"type":"reply","value":"<p>x","status":"planned","contentType":"html"}]""",
            """[{"type":"reply","value":"x > y","status":"planned","contentType":"text"}]""",
            null,
        ]);
    }

    private static string? Lines(string? body) => body?.ReplaceLineEndings("\n").TrimEnd('\n');

    private static Task WriteAsync(SqliteFile store, string id, object[] actions, int version) => store.WriteAsync(
        writer => writer.Execute(
            "insert into rules (id, name, description, enabled, definition, priority, version, created_at, updated_at) values (?1, ?1, '', 1, ?2, 1, ?3, 0, 0)",
            id,
            JsonSerializer.Serialize(new { conditions = Array.Empty<object>(), isAny = false, matchAll = true, actions, stopOnMatch = false }),
            version),
        CancellationToken.None);
}
