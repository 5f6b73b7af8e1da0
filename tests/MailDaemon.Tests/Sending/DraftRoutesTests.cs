using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

public sealed class DraftRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Drafts = "/api/imap/drafts";
    private const string Lina = "email=lina@sandbox.test";

    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("\"汤姆 <tom@sandbox.test>, anna@nordlicht.example\"")]
    [InlineData("[\"汤姆 <tom@sandbox.test>\", \"anna@nordlicht.example\"]")]
    [InlineData("[{\"name\":\"汤姆\",\"address\":\"tom@sandbox.test\"}, \"anna@nordlicht.example\"]")]
    public async Task Draft_takes_recipients_in_every_form(string to)
    {
        var made = await App.PostAsync(Drafts, JsonDocument.Parse($$"""{"email":"lina@sandbox.test","to":{{to}},"subject":"草稿","body":"<b>x</b>","contentType":"html"}""").RootElement);

        made.Status.ShouldBe(201, made.Text);
        made.Result.GetProperty("folder").GetString().ShouldBe("drafts");
        var detail = await App.GetAsync($"{Drafts}/{made.Result.GetProperty("key").GetString()}");
        detail.Result.GetProperty("to").GetRawText().ShouldBe("""[{"name":"汤姆","address":"tom@sandbox.test"},{"name":"","address":"anna@nordlicht.example"}]""");
        detail.Result.GetProperty("body").GetProperty("content").GetString()!.ShouldContain("<b>x</b>");
    }

    [Fact]
    public async Task Draft_lives_from_its_making_to_its_sending()
    {
        var made = await App.PostAsync(Drafts, new
        {
            email = "lina@sandbox.test", toRecipients = new[] { new { address = "tom@sandbox.test" } }, bcc = "lina@sandbox.test", subject = "first", body = "one",
            attachments = new[] { new { filename = "a.txt", content = Convert.ToBase64String("hello"u8) } },
        });
        made.Status.ShouldBe(201, made.Text);
        var uid = made.Result.GetProperty("uid").GetInt64();
        (await App.GetAsync($"{Drafts}?{Lina}")).Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("uid").GetInt64()).ShouldContain(uid);
        sandbox.User.Find("Drafts")!.Messages[^1].Flags.ShouldContain("\\Draft");

        var changed = await App.PutAsync($"{Drafts}/{uid}?{Lina}", new
        {
            to = "tom@sandbox.test", bcc = "lina@sandbox.test", subject = "second", body = "two",
            attachments = new[] { new { filename = "a.txt", content = Convert.ToBase64String("hello"u8) } },
        });
        changed.Status.ShouldBe(200, changed.Text);
        (await App.GetAsync($"{Drafts}/{uid}?{Lina}")).Status.ShouldBe(404);
        var key = changed.Result.GetProperty("key").GetString();
        key.ShouldBe(made.Result.GetProperty("key").GetString());
        var accepted = sandbox.Servers.Accepted.Count;

        var sent = await App.PostAsync($"{Drafts}/{changed.Result.GetProperty("uid").GetInt64()}/send?{Lina}");

        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), sent.Text);
        var mail = sandbox.Servers.Accepted[accepted];
        mail.Recipients.Order(StringComparer.Ordinal).ShouldBe(["lina@sandbox.test", "tom@sandbox.test"]);
        var text = Encoding.UTF8.GetString(mail.Raw.Span);
        text.ShouldContain("Subject: second");
        text.ShouldContain("a.txt");
        text.ShouldNotContain("Bcc:", Case.Insensitive);
        text.ShouldContain(changed.Result.GetProperty("internetMessageId").GetString()!);
        (await App.GetAsync($"{Drafts}/{key}")).Status.ShouldBe(404);
        sandbox.User.Find("Drafts")!.Messages.Select(m => Encoding.UTF8.GetString(m.Raw.ToArray())).ShouldNotContain(m => m.Contains("Subject: second", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Draft_without_recipients_is_kept_and_cannot_be_sent()
    {
        var made = await App.PostAsync(Drafts, new { email = "lina@sandbox.test" });
        made.Status.ShouldBe(201, made.Text);

        (await App.PostAsync($"{Drafts}/{made.Result.GetProperty("key").GetString()}/send")).ShouldBeRefused(400, "missing_recipient");
        (await App.DeleteAsync($"{Drafts}/{made.Result.GetProperty("key").GetString()}")).Result.GetProperty("permanent").GetBoolean().ShouldBeTrue();
        (await App.DeleteAsync($"{Drafts}/{made.Result.GetProperty("key").GetString()}")).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task What_is_no_draft_is_left_alone()
    {
        var item = (await App.GetAsync($"/api/imap/messages?{Lina}&folder=inbox&limit=1")).Result.GetProperty("messages")[0];
        var key = item.GetProperty("key").GetString();

        (await App.DeleteAsync($"{Drafts}/{key}")).ShouldBeRefused(409, "not_a_draft");
        (await App.PutAsync($"{Drafts}/{key}", new { subject = "x" })).ShouldBeRefused(409, "not_a_draft");
        (await App.PostAsync($"{Drafts}/{key}/send")).ShouldBeRefused(409, "not_a_draft");
        (await App.GetAsync($"{Drafts}/{key}")).ShouldBeRefused(409, "not_a_draft");
        (await App.GetAsync($"/api/imap/messages/{key}")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"subject":"x"}""", 400, "missing_parameter")]
    [InlineData("""{"email":"nobody@sandbox.test"}""", 401, "account_not_configured")]
    [InlineData("""{"email":"lina@sandbox.test","to":5}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":"not an address"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":[{"name":"x"}]}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":"tom@sandbox.test\r\nX: y"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":[{"address":"tom@sandbox.test","name":"a\u0000b"}]}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","subject":"a\nb"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","contentType":"markdown"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","attachments":[{"filename":"a"}]}""", 400, "invalid_parameter")]
    public async Task Bad_draft_is_refused_by_name(string body, int status, string error) =>
        (await App.PostAsync(Drafts, JsonDocument.Parse(body).RootElement)).ShouldBeRefused(status, error);
}
