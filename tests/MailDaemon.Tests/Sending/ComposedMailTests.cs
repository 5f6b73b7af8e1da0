using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

/// <summary>Replies, forwards and drafts that are made of other mails.</summary>
public sealed class ComposedMailTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private static readonly object[] Tom = [new { address = "tom@sandbox.test" }];

    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("Subject: in the old\r\n\tharbour", "in the old harbour")]
    [InlineData("Subject: =?utf-8?Q?a=0Ab=09c?=", "a b c")]
    [InlineData("Subject: =?utf-8?Q?nul=00l_and_bell=07?=", "null and bell")]
    public async Task Subject_that_was_read_can_be_written_back(string field, string expected)
    {
        var key = await ReceiveAsync($"From: \"Ann\tof\r\n\tKiel\" <ann@example.com>\r\nTo: lina@sandbox.test\r\n{field}\r\nMessage-ID: <{Guid.NewGuid()}@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPlease confirm.\r\n--b\r\nContent-Type: text/plain;\r\n name=\"two\r\n\tlines.txt\"\r\nContent-Disposition: attachment;\r\n filename=\"two\r\n\tlines.txt\"\r\n\r\nx\r\n--b--\r\n");

        var replied = await App.PostAsync("/api/imap/reply", new { key, body = "ok", quoteOriginal = true });
        replied.Status.ShouldBe(200, replied.Text);
        Sent().Headers.Subject.ShouldBe($"Re: {expected}");
        var forwarded = await App.PostAsync("/api/imap/forward", new { key, to = "tom@sandbox.test" });
        forwarded.Status.ShouldBe(200, forwarded.Text);
        Sent().Headers.Subject.ShouldBe($"Fwd: {expected}");
        Sent().Attachments.ShouldHaveSingleItem().Filename.ShouldNotBeNull().ShouldEndWith("lines.txt");
        (await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", inReplyTo = key, body = "ok" })).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("Content-Description: =?utf-8?Q?two=0Alines?=", "x-note=a")]
    [InlineData("Content-Description: two\tlines", "x-note*=utf-8''a%0Ab")]
    [InlineData("Content-Language: de\r\n\ten", "name*=utf-8''a%07b%09c.txt")]
    public async Task What_a_part_says_of_itself_can_be_written_back(string field, string parameter)
    {
        var key = await ReceiveAsync(
            $"From: Ann <ann@example.com>\r\nTo: lina@sandbox.test\r\nSubject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/x-log; {parameter}\r\n{field}\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n");

        var forwarded = await App.PostAsync("/api/imap/forward", new { key, to = "tom@sandbox.test" });

        forwarded.Status.ShouldBe(200, forwarded.Text);
        var part = Sent().Attachments.ShouldHaveSingleItem();
        part.ContentType.MediaType.ShouldBe("text/x-log");
        part.Headers.Fields.Select(each => each.Value).Concat(part.ContentType.Parameters.Values).ShouldAllBe(value => !value.Any(char.IsControl));
    }

    [FaultCorpusFact]
    public async Task Mail_of_the_catalogue_with_a_tab_in_its_subject_is_answered()
    {
        var key = await ReceiveAsync(FaultCorpus.Read("06a-subject-tab-fold"));

        (await App.PostAsync("/api/imap/reply", new { key, body = "ok" })).Status.ShouldBe(200);
        (await App.PostAsync("/api/imap/forward", new { key, to = "tom@sandbox.test" })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Forward_of_html_looks_as_it_did()
    {
        var key = await ReceiveAsync(
            "From: Bob <bob@example.test>\r\nTo: lina@sandbox.test\r\nSubject: looks\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            + "<html><head><title>no</title><style>.price{color:#c00}</style></head><body bgcolor=\"#eef\" style=\"margin:3px\"><p>Track it <a href=\"https://track.example/p/88231\">here</a>.</p><p class=\"price\">230 EUR</p><img src=\"cid:logo@x\"></body></html>\r\n"
            + "--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline; filename=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n");

        (await App.PostAsync("/api/imap/forward", new { key, toRecipients = Tom, body = "FYI <3" })).Status.ShouldBe(200);
        var html = Sent().HtmlBody.ShouldNotBeNull();
        html.ShouldContain("<head><style>.price{color:#c00}</style></head>");
        html.ShouldContain("<div style=\"background-color:#eef;margin:3px\">");
        html.ShouldContain("<a href=\"https://track.example/p/88231\">here</a>");
        html.ShouldContain("FYI &lt;3");
        Sent().TextBody.ShouldNotBeNull().ShouldContain("230 EUR");
        var picture = Sent().Attachments.ShouldHaveSingleItem();
        picture.ContentId.ShouldBe("logo@x");
        Sent().Inline.ShouldHaveSingleItem();

        (await App.PostAsync("/api/imap/reply", new { key, body = "<p>Thanks</p>", contentType = "html", quoteOriginal = true })).Status.ShouldBe(200);
        Sent().HtmlBody.ShouldNotBeNull().ShouldContain("<blockquote type=\"cite\"");
        Sent().HtmlBody!.ShouldContain("<p class=\"price\">230 EUR</p>");
        Sent().Attachments.ShouldHaveSingleItem().ContentId.ShouldBe("logo@x");
        (await App.PostAsync("/api/imap/reply", new { key, body = "Thanks", quoteOriginal = true })).Status.ShouldBe(200);
        Sent().HtmlBody.ShouldBeNull();
        Sent().TextBody.ShouldNotBeNull().ShouldContain("> Track it here (https://track.example/p/88231).\n> 230 EUR");
    }

    [Fact]
    public async Task Parts_go_on_with_their_parameters()
    {
        var key = await ReceiveAsync(
            "From: Bob <bob@example.test>\r\nTo: lina@sandbox.test\r\nSubject: invite\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=sep\r\n\r\n--sep\r\nContent-Type: text/plain\r\n\r\nMeeting\r\n"
            + "--sep\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Description: the invitation\r\nContent-Language: de\r\nContent-Transfer-Encoding: base64\r\n\r\nQkVHSU46VkNBTEVOREFSDQo=\r\n--sep--\r\n");
        var shown = (await App.GetAsync($"/api/imap/messages/{key}")).Result.GetProperty("attachments")[0];
        shown.GetProperty("filename").GetString()!.ShouldEndWith(".ics");

        (await App.PostAsync("/api/imap/forward", new { key, toRecipients = Tom })).Status.ShouldBe(200);

        var part = Sent().Attachments.ShouldHaveSingleItem();
        part.ContentType.MediaType.ShouldBe("text/calendar");
        (part.ContentType.Parameters["method"], part.ContentType.Charset).ShouldBe(("REQUEST", "utf-8"));
        part.Filename.ShouldNotBeNull().ShouldEndWith(".ics");
        (part.Headers.Get("Content-Description"), part.Headers.Get("Content-Language")).ShouldBe(("the invitation", "de"));
        Encoding.ASCII.GetString(part.DecodeBody()).ShouldBe("BEGIN:VCALENDAR\r\n");
    }

    [Fact]
    public async Task Long_original_is_quoted_whole()
    {
        var lines = string.Join("\r\n", Enumerable.Range(0, 60_000).Select(i => $"line {i:D6}"));
        var key = await ReceiveAsync($"From: Bob <bob@example.test>\r\nTo: lina@sandbox.test\r\nSubject: long text\r\n\r\n{lines}\r\nthe very end\r\n");

        (await App.PostAsync("/api/imap/reply", new { key, body = "ok", quoteOriginal = true })).Status.ShouldBe(200);
        Sent().TextBody.ShouldNotBeNull().ShouldContain("> line 059999\n> the very end");
        (await App.PostAsync("/api/imap/forward", new { key, toRecipients = Tom })).Status.ShouldBe(200);
        Sent().TextBody.ShouldNotBeNull().ShouldContain("line 059999\nthe very end");
    }

    [Theory]
    [InlineData("one\ntwo <b>bold</b>\nthree", "one<br>\ntwo <b>bold</b><br>\nthree")]
    [InlineData("<p>one</p>\n<p>two</p>", "<p>one</p>\n<p>two</p>")]
    [InlineData("one<br>two\nthree", "one<br>two\nthree")]
    [InlineData("<table>\n<tr><td>x</td></tr></table>", "<table>\n<tr><td>x</td></tr></table>")]
    public async Task Html_without_markup_for_lines_keeps_them(string body, string expected)
    {
        (await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body, contentType = "html" })).Status.ShouldBe(200);

        Sent().HtmlBody.ShouldNotBeNull().TrimEnd().ShouldBe(expected);
    }

    [Theory]
    [InlineData("use <b>bold</b> & <p>")]
    [InlineData("<html><body>a page</body></html>")]
    public async Task Text_that_looks_like_a_tag_stays_text(string body)
    {
        (await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body })).Status.ShouldBe(200);

        (Sent().HtmlBody, Sent().TextBody!.TrimEnd()).ShouldBe((null, body));
    }

    [Theory]
    [InlineData("YQ==", "61")]
    [InlineData("Y\nQ\r\n==\n", "61")]
    [InlineData("-_-_", "fbffbf")]
    [InlineData("+/+/", "fbffbf")]
    [InlineData("YWI", "6162")]
    public async Task Base64_is_taken_in_every_usual_form(string content, string hex)
    {
        var sent = await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", attachments = new[] { new { filename = "报价.PDF", content } } });

        sent.Status.ShouldBe(200, sent.Text);
        var part = Sent().Attachments.ShouldHaveSingleItem();
        (Convert.ToHexStringLower(part.DecodeBody()), part.ContentType.MediaType).ShouldBe((hex, "application/pdf"));
    }

    [Theory]
    [InlineData("Y")]
    [InlineData("YQ=")]
    [InlineData("YQ==YQ==")]
    [InlineData("Y!==")]
    public async Task What_is_no_base64_is_said_to_be_none(string content)
    {
        var refused = await App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to = "tom@sandbox.test", body = "b", attachments = new[] { new { filename = "a.bin", content } } });

        refused.ShouldBeRefused(400, "invalid_parameter");
        refused.Msg!.ShouldContain("attachments[0].content must be base64");
    }

    [Theory]
    [InlineData("send")]
    [InlineData("reply")]
    public async Task Mail_without_a_body_is_refused_unless_it_is_meant(string route)
    {
        var key = await ReceiveAsync("From: Bob <tom@sandbox.test>\r\nTo: lina@sandbox.test\r\nSubject: x\r\n\r\ntext\r\n");
        var accepted = sandbox.Servers.Accepted.Count;
        object Body(string? body, bool? allowEmpty) => route == "send"
            ? new { email = "lina@sandbox.test", to = "tom@sandbox.test", subject = "s", body, allowEmpty }
            : new { key, body, allowEmpty };

        (await App.PostAsync($"/api/imap/{route}", Body(null, null))).ShouldBeRefused(400, "missing_body");
        (await App.PostAsync($"/api/imap/{route}", Body(" \n", false))).ShouldBeRefused(400, "missing_body");
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
        (await App.PostAsync($"/api/imap/{route}", Body(null, true))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("send")]
    [InlineData("reply")]
    [InlineData("forward")]
    [InlineData("drafts")]
    public async Task Recipients_are_taken_in_either_vocabulary(string route)
    {
        var key = await ReceiveAsync("From: Bob <tom@sandbox.test>\r\nTo: lina@sandbox.test\r\nSubject: x\r\n\r\ntext\r\n");
        async Task<IEnumerable<string>> AddressedAsync(object recipients)
        {
            var mail = System.Text.Json.JsonSerializer.SerializeToNode(recipients)!.AsObject();
            mail["body"] = "b";
            mail[route is "reply" or "forward" ? "key" : "email"] = route is "reply" or "forward" ? key : "lina@sandbox.test";
            var made = await App.PostAsync($"/api/imap/{route}", mail.ToJsonString());
            made.Status.ShouldBeOneOf([200, 201], made.Text);
            return route != "drafts"
                ? sandbox.Servers.Accepted[^1].Recipients
                : MimeParser.Parse(sandbox.User.Find("Drafts")!.Messages[^1].Raw).Headers is var fields ? fields.To.Concat(fields.Cc).Concat(fields.Bcc).Select(m => m.Address) : [];
        }

        (await AddressedAsync(new { to = "a@example.com", cc = "b@example.com, B <c@example.com>", bcc = new[] { "d@example.com" } })).ShouldBe(["a@example.com", "b@example.com", "c@example.com", "d@example.com"]);
        (await AddressedAsync(new { toRecipients = new[] { new { address = "a@example.com" } }, ccRecipients = new[] { new { address = "b@example.com" } }, bccRecipients = new[] { new { address = "c@example.com" } } })).ShouldBe(["a@example.com", "b@example.com", "c@example.com"]);
    }

    [Fact]
    public async Task Bad_address_is_left_out_of_a_reply_to_all_and_named()
    {
        var key = await ReceiveAsync("From: Bob <tom@sandbox.test>\r\nTo: lina@sandbox.test\r\nCc: <warehouse>, anna@example.com\r\nSubject: x\r\n\r\ntext\r\n");

        var replied = await App.PostAsync("/api/imap/reply", new { key, body = "ok", replyAll = true });

        replied.Status.ShouldBe(200, replied.Text);
        sandbox.Servers.Accepted[^1].Recipients.ShouldBe(["tom@sandbox.test", "anna@example.com"]);
        (replied.Result.GetProperty("folder").GetString(), replied.Result.GetProperty("folderPath").GetString()).ShouldBe(("sent", "Sent"));
    }

    [Fact]
    public async Task Reply_draft_is_in_the_thread_quotes_and_can_be_changed()
    {
        var key = await ReceiveAsync("From: Bob <tom@sandbox.test>\r\nTo: lina@sandbox.test, anna@example.com\r\nSubject: order\r\nMessage-ID: <order@x>\r\n\r\nsix lamps\r\n");

        var made = await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", inReplyTo = key, replyAll = true, quoteOriginal = true, body = "Yes." });
        made.Status.ShouldBe(201, made.Text);
        var draft = (await App.GetAsync($"/api/imap/drafts/{made.Result.GetProperty("key").GetString()}")).Result;
        draft.GetProperty("subject").GetString().ShouldBe("Re: order");
        draft.GetProperty("headers").GetProperty("inReplyTo").GetString().ShouldBe("<order@x>");
        draft.GetProperty("to")[0].GetProperty("address").GetString().ShouldBe("tom@sandbox.test");
        draft.GetProperty("cc")[0].GetProperty("address").GetString().ShouldBe("anna@example.com");
        draft.GetProperty("text").GetString()!.ShouldContain("> six lamps");
        var changed = await App.PutAsync($"/api/imap/drafts/{made.Result.GetProperty("key").GetString()}", new { body = "Yes, tomorrow." });
        changed.Result.GetProperty("key").GetString().ShouldBe(made.Result.GetProperty("key").GetString());
        (await App.GetAsync($"/api/imap/drafts/{made.Result.GetProperty("key").GetString()}")).Result.GetProperty("headers").GetProperty("inReplyTo").GetString().ShouldBe("<order@x>");

        var forward = await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", forwardOf = key, to = "anna@example.com" });
        forward.Result.GetProperty("subject").GetString().ShouldBe("Fwd: order");
        (await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", forwardOf = key, inReplyTo = key })).ShouldBeRefused(400, "invalid_parameter");
        (await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", replyAll = true })).ShouldBeRefused(400, "missing_parameter");
        (await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", inReplyTo = "m_nothere" })).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task Forward_draft_of_an_id_has_the_files_and_keeps_its_key()
    {
        var key = await ReceiveAsync(
            "From: Bob <tom@sandbox.test>\r\nSubject: plan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee the plan\r\n"
            + "--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n%PDF\r\n--b--\r\n");
        var id = (await App.GetAsync($"/api/imap/messages/{key}")).Result.GetProperty("id").GetString();

        var made = await App.PostAsync("/api/imap/drafts", new { email = "lina@sandbox.test", folder = "INBOX", forwardOf = id, to = "anna@example.com" });
        made.Status.ShouldBe(201, made.Text);
        var path = $"/api/imap/drafts/{made.Result.GetProperty("key").GetString()}";
        var changed = await App.PutAsync(path, new { subject = "Fwd: the plan" });

        changed.Result.GetProperty("key").GetString().ShouldBe(made.Result.GetProperty("key").GetString(), changed.Text);
        var draft = (await App.GetAsync(path)).Result;
        draft.GetProperty("subject").GetString().ShouldBe("Fwd: the plan");
        draft.GetProperty("text").GetString()!.ShouldContain("see the plan");
        draft.GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem().GetProperty("filename").GetString().ShouldBe("plan.pdf");
    }

    private MimeMessage Sent() => MimeParser.Parse(sandbox.Servers.Accepted[^1].Raw);

    private Task<string> ReceiveAsync(string raw) => ReceiveAsync(Encoding.UTF8.GetBytes(raw));

    private async Task<string> ReceiveAsync(byte[] raw)
    {
        var uid = sandbox.User.Inbox.Append(raw).Uid;
        await sandbox.SyncAsync();
        var found = await App.GetAsync($"/api/imap/messages/{uid}?email=lina@sandbox.test");
        found.Status.ShouldBe(200, found.Text);
        return found.Result.GetProperty("key").GetString()!;
    }
}
