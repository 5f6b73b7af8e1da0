using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

public sealed class SignatureTests(SandboxApp sandbox) : IClassFixture<SandboxApp>, IAsyncLifetime
{
    private const string Signature = "Lina Chen\nSales, Sandbox <Ltd>";

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync() =>
        (await App.PutAsync("/api/accounts/imap/lina@sandbox.test/settings", new { signature = Signature, signatureContentType = "text" })).Status.ShouldBe(200);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("Hello", "Hello\n\n-- \nLina Chen\nSales, Sandbox <Ltd>")]
    [InlineData("Hello\n\nLina Chen \n  Sales, Sandbox <Ltd>\n", "Hello\n\nLina Chen \n  Sales, Sandbox <Ltd>")]
    [InlineData("As Lina Chen said", "As Lina Chen said\n\n-- \nLina Chen\nSales, Sandbox <Ltd>")]
    public async Task Signature_stands_under_a_text_once(string body, string expected)
    {
        (await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body })).Status.ShouldBe(200);
        Sent().TextBody.ShouldNotBeNull().TrimEnd().ShouldBe(expected);
    }

    [Fact]
    public async Task Signature_is_left_out_on_demand()
    {
        (await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body = "Hello", includeSignature = false })).Status.ShouldBe(200);
        Sent().TextBody.ShouldNotBeNull().TrimEnd().ShouldBe("Hello");
    }

    [Fact]
    public async Task Signature_stands_above_a_quotation_and_a_forwarded_mail()
    {
        var uid = sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes("From: Bob <tom@sandbox.test>\r\nTo: lina@sandbox.test\r\nSubject: order\r\n\r\nsix lamps\r\n")).Uid;
        await sandbox.SyncAsync();

        (await App.PostAsync("/api/imap/reply", new { uid, email = "lina@sandbox.test", body = "Yes.", quoteOriginal = true })).Status.ShouldBe(200);
        Above(Sent().TextBody!, "Sandbox <Ltd>", "> six lamps");
        (await App.PostAsync("/api/imap/reply", new { uid, email = "lina@sandbox.test", body = "<p>Yes.</p>", contentType = "html", quoteOriginal = true })).Status.ShouldBe(200);
        Above(Sent().HtmlBody!, "Sandbox &lt;Ltd&gt;", "<blockquote");
        (await App.PostAsync("/api/imap/forward", new { uid, email = "lina@sandbox.test", to = "tom@sandbox.test" })).Status.ShouldBe(200);
        Above(Sent().TextBody!, "Sandbox <Ltd>", "Forwarded message");
    }

    [Theory]
    [InlineData("text", "Hello")]
    [InlineData("html", "<p>Hello</p>")]
    public async Task Signature_is_not_doubled_while_a_draft_is_changed(string contentType, string body)
    {
        var made = await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body, contentType });
        var key = made.Result.GetProperty("key").GetString();
        for (var i = 0; i < 3; i++)
        {
            var now = (await App.GetAsync($"/api/imap/drafts/{key}")).Result.GetProperty("body").GetProperty("content").GetString()!;
            Count(now).ShouldBe(1);
            (await App.PutAsync($"/api/imap/drafts/{key}", new { body = now.Replace("Hello", "Hello again", StringComparison.Ordinal), contentType })).Status.ShouldBe(200);
        }

        (await App.PutAsync($"/api/imap/drafts/{key}", new { body, contentType })).Status.ShouldBe(200);
        (await App.PostAsync($"/api/imap/drafts/{key}/send")).Status.ShouldBe(200);
        Count(contentType == "html" ? Sent().HtmlBody! : Sent().TextBody!).ShouldBe(1);
    }

    [Fact]
    public async Task Html_signature_is_what_its_setting_says()
    {
        var set = await App.PutAsync("/api/accounts/imap/lina@sandbox.test/settings", new { signature = "<b>Lina</b><br>Sales", signatureContentType = "html" });
        (set.Result.GetProperty("signatureContentType").GetString(), set.Status).ShouldBe(("html", 200));

        (await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body = "<p>Hello</p>", contentType = "html" })).Status.ShouldBe(200);
        Sent().HtmlBody.ShouldNotBeNull().ShouldContain("<b>Lina</b><br>Sales");
        (await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body = "Hello" })).Status.ShouldBe(200);
        Sent().TextBody.ShouldNotBeNull().TrimEnd().ShouldBe("Hello\n\n-- \nLina\nSales");
    }

    private static int Count(string text) => text.Split("Lina Chen").Length - 1;

    private static void Above(string text, string upper, string lower) => text.IndexOf(upper, StringComparison.Ordinal).ShouldBeInRange(0, text.IndexOf(lower, StringComparison.Ordinal));

    private MimeMessage Sent() => MimeParser.Parse(sandbox.Servers.Accepted[^1].Raw);
}
