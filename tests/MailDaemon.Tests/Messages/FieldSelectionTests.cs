using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>A caller gets the members it names, and no more characters of bodies than it takes.</summary>
public sealed class FieldSelectionTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("/api/messages?limit=3&fields=key,subject", "key,subject")]
    [InlineData("/api/imap/messages?email=lina@sandbox.test&limit=3&fields=id", "id")]
    [InlineData("/api/search?limit=3&fields=%20highlights%20,,key", "key,highlights")]
    [InlineData("/api/imap/search?email=lina@sandbox.test&limit=3&fields=from,from.address", "from")]
    [InlineData("/api/labels/INBOX/mails?limit=3&expand=true&fields=key,uid", "key,uid")]
    public async Task Items_have_the_members_that_are_named(string path, string members)
    {
        var result = (await App.GetAsync(path)).Result;

        result.GetProperty("messages").GetArrayLength().ShouldBe(3);
        foreach (var item in result.GetProperty("messages").EnumerateArray())
            Names(item).ShouldBe(members);
        result.GetProperty("total").GetInt32().ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Members_of_members_are_named_with_a_dot()
    {
        var item = (await App.GetAsync("/api/messages?folder=inbox&limit=1&bodyFormat=text&fields=from.address,to.name,body.content")).Result.GetProperty("messages")[0];

        (Names(item), Names(item.GetProperty("from")), Names(item.GetProperty("to")[0]), Names(item.GetProperty("body"))).ShouldBe(("from,to,body", "address", "name", "content"));
    }

    [Fact]
    public async Task Detail_can_leave_out_what_it_has_twice()
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString();

        var detail = (await App.GetAsync($"/api/imap/messages/{key}?fields=subject,text,attachments.filename")).Result;

        Names(detail).ShouldBe("subject,text,attachments");
        Names(detail.GetProperty("attachments")[0]).ShouldBe("filename");
        var thread = (await App.GetAsync($"/api/imap/messages/{key}?fields=threadId")).Result.GetProperty("threadId").GetString();
        Names((await App.GetAsync($"/api/threads/{thread}?fields=key")).Result.GetProperty("messages")[0]).ShouldBe("key");
    }

    [Theory]
    [InlineData("sujbect", "fields names sujbect, which messages do not have; did you mean subject?")]
    [InlineData("key,Subject", "fields names Subject, which messages do not have; did you mean subject?")]
    [InlineData("from.mail", "fields names from.mail, which messages do not have; known here: name, address")]
    [InlineData("subject.length", "fields names subject.length, which messages do not have; it has no members")]
    [InlineData("body", "fields names body; say with bodyFormat in which form: text, markdown or html")]
    public async Task Member_that_is_not_there_is_refused(string fields, string msg)
    {
        foreach (var list in (string[])["/api/messages", "/api/search"])
        {
            var reply = await App.GetAsync($"{list}?fields={fields}");

            reply.ShouldBeRefused(400, "invalid_parameter");
            reply.Msg.ShouldBe(msg);
        }
    }

    [Theory]
    [InlineData("/api/messages?folder=inbox&limit=20&bodyFormat=text", 800)]
    [InlineData("/api/search?folder=inbox&limit=20&bodyFormat=html", 1000)]
    [InlineData("/api/imap/messages?email=lina@sandbox.test&limit=20&bodyFormat=markdown", 7)]
    public async Task Bodies_of_a_page_are_bounded_together_and_the_longest_are_cut(string path, int max)
    {
        var whole = await BodiesAsync(path);
        whole.Sum(body => body.Value.Length).ShouldBeGreaterThan(max);

        var reply = await App.GetAsync($"{path}&maxChars={max}");

        var cut = reply.Result.GetProperty("cut").EnumerateArray().Select(key => key.GetString()!).ToHashSet();
        var items = reply.Result.GetProperty("messages").EnumerateArray().ToList();
        items.Sum(item => Content(item).Length).ShouldBeInRange(max - items.Count * 2, max);
        foreach (var item in items)
        {
            var (key, body) = (item.GetProperty("key").GetString()!, item.GetProperty("body"));
            whole[key].ShouldStartWith(Content(item));
            cut.Contains(key).ShouldBe(Content(item).Length < whole[key].Length);
            (body.TryGetProperty("isTruncated", out _), body.TryGetProperty("fullLength", out var full)).ShouldBe((cut.Contains(key), cut.Contains(key)));
            if (cut.Contains(key))
                full.GetInt32().ShouldBe(whole[key].Length);
        }

        // Whole ones are no longer than the share of the cut ones.
        items.Where(item => !cut.Contains(item.GetProperty("key").GetString()!)).Select(item => Content(item).Length).DefaultIfEmpty().Max()
            .ShouldBeLessThanOrEqualTo(items.Max(item => Content(item).Length));
    }

    [Fact]
    public async Task Page_that_fits_is_not_cut()
    {
        (await App.GetAsync("/api/messages?limit=5&bodyFormat=text&maxChars=100000000")).Result.TryGetProperty("cut", out _).ShouldBeFalse();
    }

    private async Task<Dictionary<string, string>> BodiesAsync(string path) =>
        (await App.GetAsync(path)).Result.GetProperty("messages").EnumerateArray().ToDictionary(item => item.GetProperty("key").GetString()!, Content, StringComparer.Ordinal);

    private static string Content(JsonElement item) => item.GetProperty("body").GetProperty("content").GetString()!;

    private static string Names(JsonElement value) => string.Join(',', value.EnumerateObject().Select(member => member.Name));
}
