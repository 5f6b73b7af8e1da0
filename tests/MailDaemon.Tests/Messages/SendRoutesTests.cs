using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

public sealed class SendRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private static readonly object[] toTom = [new { name = "Tom", address = "tom@sandbox.test" }];

    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("""{"toRecipients":[{"address":"tom@sandbox.test"}]}""", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("""{"email":"nobody@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}]}""", 401, "account_not_configured", "Account not configured")]
    [InlineData("""{"email":"lina@sandbox.test","subject":"x"}""", 400, "missing_recipient", null)]
    [InlineData("""{"email":"lina@sandbox.test","toRecipients":[],"ccRecipients":[],"bccRecipients":[]}""", 400, "missing_recipient", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"name":"Tom"}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":""}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[null]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[7]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"@sandbox.test"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"a b@sandbox.test"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"a@b@c>"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test> SIZE=1"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","ccRecipients":[{"address":"Tom <tom@sandbox.test>"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","bccRecipients":[{"address":"a,b@sandbox.test"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test\r\nRCPT TO:<x@y.example>"}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test","name":"a\r\nBcc: x@y.example"}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test","name":"a\u0000b"}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"subject":"a\nBcc: x@y.example"}""", 400, "invalid_parameter", "subject must not contain control characters")]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"subject":"a\u0085b"}""", 400, "invalid_parameter", "subject must not contain control characters")]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"subject":"a\ud83d"}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}],"body":"a\u0000b"}""", 400, "invalid_parameter", "body must not contain control characters")]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"contentType":"markdown"}""", 400, "invalid_parameter", "contentType must be one of text, html, text/plain, text/html")]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a","content":"%%%"}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a","content":"YQ="}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"content":"YQ=="}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"","content":"YQ=="}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a\r\nX-Evil: 1","content":"YQ=="}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a","content":"YQ==","contentType":"text/plain\r\nX: y"}]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a","content":"YQ==","contentType":"pdf"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a","content":"YQ==","contentType":"multipart/mixed"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[{"filename":"a","content":"YQ==","isInline":true,"contentId":"a> <b"}]}""", 400, "invalid_mail", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":[{"address":"tom@sandbox.test"}],"attachments":[null]}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","body":"b","toRecipients":"tom@sandbox.test,"}""", 400, "invalid_parameter", null)]
    public async Task Bad_mail_is_refused_before_a_server_is_asked(string body, int status, string error, string? message)
    {
        var (accepted, connections) = (sandbox.Servers.Accepted.Count, sandbox.Servers.SmtpCounters.Connections);

        var reply = await App.PostAsync("/api/imap/send", body);

        reply.ShouldBeRefused(status, error);
        if (message is not null)
            reply.Msg.ShouldBe(message);
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
        sandbox.Servers.SmtpCounters.Connections.ShouldBe(connections);
        reply.Text.ShouldNotContain("Parameter '");
    }

    [Fact]
    public async Task Body_of_dots_and_bare_line_ends_arrives_as_it_was_meant()
    {
        var reply = await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", toRecipients = toTom, subject = "dots", body = ".\n..\r\n.\rQUIT\r\n.\r\nend" });

        reply.Status.ShouldBe(200, reply.Text);
        var raw = Encoding.ASCII.GetString(sandbox.Servers.Accepted[^1].Raw.Span);
        raw[(raw.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].TrimEnd().ShouldBe(".\r\n..\r\n.\r\nQUIT\r\n.\r\nend");
        sandbox.User.Find("Sent")!.Messages[^1].Raw.Length.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Filename_is_a_name_and_no_path()
    {
        var reply = await App.PostAsync("/api/imap/send", new
        {
            email = "lina@sandbox.test",
            toRecipients = toTom,
            attachments = new[] { new { filename = "../../etc/passwd", content = "YQ==" } },
        });

        reply.Status.ShouldBe(200, "for a mail it is a text like any other");
        Directory.GetFiles(App.DataDirectory, "passwd", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refused_recipient_stops_the_mail_unless_part_of_it_is_allowed()
    {
        sandbox.Servers.SmtpFaults.RefuseRecipient.Arm("bad@sandbox.test", "550 5.1.1 No such user");
        var (accepted, to) = (sandbox.Servers.Accepted.Count, new object[] { new { address = "tom@sandbox.test" }, new { address = "bad@sandbox.test" } });

        var refused = await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", toRecipients = to, subject = "x", body = "y" });
        refused.ShouldBeRefused(400, "recipient_refused");
        refused.Msg!.ShouldContain("bad@sandbox.test");
        refused.Envelope.GetProperty("details").GetProperty("bad@sandbox.test").GetString()!.ShouldContain("No such user");
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);

        var partial = await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", toRecipients = to, subject = "x", body = "y", allowPartial = true });
        sandbox.Servers.SmtpFaults.Reset();
        partial.Status.ShouldBe(200, partial.Text);
        partial.Result.GetProperty("refused").GetProperty("bad@sandbox.test").GetString()!.ShouldContain("No such user");
        sandbox.Servers.Accepted[^1].Recipients.ShouldBe(["tom@sandbox.test"]);
    }

    [Theory]
    [InlineData("""{"email":"lina@sandbox.test","body":"x"}""", 400, "missing_parameter", "Missing messageId parameter")]
    [InlineData("""{"uid":1,"body":"x"}""", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("""{"email":"lina@sandbox.test","uid":999999,"body":"x"}""", 404, "message_not_found", null)]
    [InlineData("""{"email":"lina@sandbox.test","uid":1,"folder":"nowhere","body":"x"}""", 404, "folder_not_found", null)]
    [InlineData("""{"email":"nobody@sandbox.test","uid":1,"body":"x"}""", 401, "account_not_configured", "Account not configured")]
    [InlineData("""{"email":"lina@sandbox.test","uid":1,"body":"x","contentType":"rtf"}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","uid":1,"messageId":"imap:2","body":"x"}""", 400, "conflicting_parameter", null)]
    [InlineData("""{"email":"lina@sandbox.test","uid":1,"body":"x","comment":"y"}""", 400, "conflicting_parameter", "Parameter body is given twice with different values")]
    public async Task Bad_reply_is_refused(string body, int status, string error, string? message)
    {
        var accepted = sandbox.Servers.Accepted.Count;

        var reply = await App.PostAsync("/api/imap/reply", body);

        reply.ShouldBeRefused(status, error);
        if (message is not null)
            reply.Msg.ShouldBe(message);
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
    }

    [Fact]
    public async Task Reply_to_mail_with_odd_identifiers_is_sent()
    {
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
            "From: Ann <ann@example.com>\r\nTo: lina@sandbox.test\r\nSubject: odd ids\r\nMessage-ID: <a b@x y>\r\n"
            + "References: <ok@x> <über@x> no-brackets <<two@x>> <>\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();
        var original = await sandbox.FindAsync("odd ids");

        var reply = await App.PostAsync("/api/imap/reply", new { key = original.GetProperty("key").GetString(), body = "ok" });

        reply.Status.ShouldBe(200, reply.Text);
        Encoding.UTF8.GetString(sandbox.Servers.Accepted[^1].Raw.Span).ShouldContain("<ok@x>");
    }

    [Fact]
    public async Task Text_of_a_reply_may_be_called_comment()
    {
        var original = (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test&folder=inbox&limit=1")).Result.GetProperty("messages")[0];

        var reply = await App.PostAsync("/api/imap/reply", new { key = original.GetProperty("key").GetString(), comment = "Said in Graph's words" });

        reply.Status.ShouldBe(200, reply.Text);
        Encoding.UTF8.GetString(sandbox.Servers.Accepted[^1].Raw.Span).ShouldContain("Said in Graph's words");
    }

    [Fact]
    public async Task Failures_of_the_server_have_their_status()
    {
        var mail = new { email = "lina@sandbox.test", toRecipients = toTom, subject = "x", body = "y" };
        var accepted = sandbox.Servers.Accepted.Count;

        sandbox.Servers.SmtpFaults.Refuse.Arm("END", "554 5.7.1 Looks like spam", times: 1);
        var rejected = await App.PostAsync("/api/imap/send", mail);
        rejected.ShouldBeRefused(502, "send_rejected");
        rejected.Msg!.ShouldContain("Looks like spam");
        sandbox.Servers.SmtpFaults.RefuseLogin.Arm(LoginRefusal.WrongPassword, times: 1);
        (await App.PostAsync("/api/imap/send", mail)).ShouldBeRefused(401, "auth_failed");
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
        sandbox.Servers.SmtpFaults.CutBeforeReply.Arm("END", true, times: 1);
        var uncertain = await App.PostAsync("/api/imap/send", mail);
        (uncertain.Status, uncertain.Result.GetProperty("status").GetString()).ShouldBe((202, "uncertain"), uncertain.Text);
        sandbox.Servers.SmtpFaults.Reset();
    }
}
