using System.Globalization;
using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

/// <summary>Drafts that other programs stored: they go out, and are changed, as they were stored.</summary>
public sealed class StoredDraftTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Drafts = "/api/imap/drafts";

    private DaemonApp App => sandbox.App;

    [Fact]
    public async Task Draft_of_any_program_goes_out_byte_for_byte()
    {
        var seeds = Enumerable.Range(1, 60).ToList();
        var stored = seeds.ToDictionary(seed => seed, seed => (Raw: RandomDraft.Of(seed), Uid: 0u));
        foreach (var seed in seeds)
            stored[seed] = (stored[seed].Raw, sandbox.User.Find("Drafts")!.Append(stored[seed].Raw, ["\\Draft"]).Uid);
        await sandbox.SyncAsync();

        foreach (var seed in seeds)
        {
            var (raw, uid) = stored[seed];
            var sent = await App.PostAsync($"{Drafts}/{uid}/send?email=lina@sandbox.test");

            sent.Status.ShouldBe(200, $"seed {seed}: {sent.Text}");
            var wire = sandbox.Servers.Accepted[^1];
            var hasId = Has(raw, "message-id");
            Show(Without(wire.Raw.ToArray(), hasId ? ["date"] : ["date", "message-id"])).ShouldBe(Show(Without(raw, ["date", "bcc"])), $"seed {seed}");
            var id = Fields(wire.Raw.ToArray()).Where(field => Name(field) == "message-id").ShouldHaveSingleItem($"seed {seed}");
            id.ShouldContain(sent.Result.GetProperty("messageId").GetString()!);
            Fields(wire.Raw.ToArray()).Count(field => Name(field) == "date").ShouldBe(1, $"seed {seed}");
            wire.Recipients.ShouldContain("tom@sandbox.test");
            wire.Recipients.Contains("hidden@other.example").ShouldBe(Has(raw, "bcc"), $"seed {seed}");
        }
    }

    [FaultCorpusFact]
    public async Task Draft_of_another_program_keeps_its_sender_its_marks_and_its_text()
    {
        var raw = FaultCorpus.Read("15-draft-of-another-program");
        var sent = await SendAsync(raw);

        Show(Without(sent, ["date"])).ShouldBe(Show(Without(raw, ["date"])));
    }

    [Theory]
    [InlineData("text", "", '0', "the very end")]
    [InlineData("text", "", '零', "the very end")]
    [InlineData("html", "<p>start</p>", '零', "<p>the very end</p>")]
    [InlineData("html", "<p>start</p><img src=\"data:image/png;base64,", '0', "\"><p>the very end</p>")]
    public async Task Long_draft_goes_out_whole(string contentType, string start, char zero, string end)
    {
        var body = start + string.Concat(Enumerable.Range(0, 400_000 / 8).Select(i => i.ToString("D8", CultureInfo.InvariantCulture).Replace('0', zero))) + end;
        var made = await App.PostAsync(Drafts, new { email = "lina@sandbox.test", to = "tom@sandbox.test", subject = "long", body, contentType });
        made.Status.ShouldBe(201, made.Text);
        var key = made.Result.GetProperty("key").GetString();

        var sent = await App.PostAsync($"{Drafts}/{key}/send");

        sent.Status.ShouldBe(200, sent.Text);
        var mail = MailDaemon.Protocols.Mime.MimeParser.Parse(sandbox.Servers.Accepted[^1].Raw);
        (contentType == "html" ? mail.HtmlBody : mail.TextBody).ShouldNotBeNull().TrimEnd().ShouldBe(body);
        (await App.GetAsync($"{Drafts}/{key}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Draft_changed_elsewhere_since_the_last_pass_is_not_sent_from_the_cache()
    {
        var drafts = sandbox.User.Find("Drafts")!;
        var uid = drafts.Append(Encoding.UTF8.GetBytes("From: lina@sandbox.test\r\nTo: tom@sandbox.test\r\nSubject: old\r\n\r\nold\r\n"), ["\\Draft"]).Uid;
        await sandbox.SyncAsync();
        drafts.Expunge([uid]);
        var accepted = sandbox.Servers.Accepted.Count;

        (await App.PostAsync($"{Drafts}/{uid}/send?email=lina@sandbox.test")).Status.ShouldBe(404);

        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
    }

    [Fact]
    public async Task Change_of_the_subject_leaves_every_other_byte()
    {
        foreach (var seed in Enumerable.Range(100, 15))
        {
            var raw = RandomDraft.Of(seed);
            var (key, old) = await StoreAsync(raw);

            var changed = await App.PutAsync($"{Drafts}/{key}", new { subject = "另一个主题" });

            changed.Status.ShouldBe(200, $"seed {seed}: {changed.Text}");
            (changed.Result.GetProperty("key").GetString(), changed.Result.GetProperty("subject").GetString()).ShouldBe((key, "另一个主题"));
            changed.Result.GetProperty("uid").GetUInt32().ShouldNotBe(old);
            var now = sandbox.User.Find("Drafts")!.Messages[^1].Raw.ToArray();
            string[] left = Has(raw, "message-id") ? ["subject"] : ["subject", "message-id"];
            Show(Without(now, left)).ShouldBe(Show(Without(raw, left)), $"seed {seed}");
            sandbox.User.Find("Drafts")!.Messages.ShouldNotContain(m => m.Uid == old);
            (await App.DeleteAsync($"{Drafts}/{key}")).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task New_body_keeps_the_other_fields_and_parts()
    {
        const string Pdf = "Content-Type: application/pdf; name=\"报价.pdf\"; x-mac-type=50444620\r\nContent-Disposition: attachment;\r\n filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf\r\nContent-Transfer-Encoding: base64\r\nX-Attachment-Id: f_1\r\n\r\nUERG\r\nUERG";
        const string Picture = "Content-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=";
        var raw = "Message-ID: <new-body@other.program>\r\nReply-To: orders@example.test\r\nFrom: Nora <sales@example.test>\r\nTo: tom@sandbox.test\r\nSubject: s\r\nImportance: high\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"m\"\r\n\r\n"
            + $"--m\r\nContent-Type: multipart/related; boundary=\"r\"\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>old <img src=\"cid:logo@x\"></p>\r\n--r\r\n{Picture}\r\n--r--\r\n--m\r\n{Pdf}\r\n--m--\r\n";
        var (key, _) = await StoreAsync(Encoding.UTF8.GetBytes(raw));

        var changed = await App.PutAsync($"{Drafts}/{key}", new { body = "<p>new <img src=\"cid:logo@x\"></p>", contentType = "html" });

        changed.Status.ShouldBe(200, changed.Text);
        var now = Encoding.UTF8.GetString(sandbox.User.Find("Drafts")!.Messages[^1].Raw.Span);
        now.ShouldStartWith("Message-ID: <new-body@other.program>\r\nReply-To: orders@example.test\r\nFrom: Nora <sales@example.test>\r\nTo: tom@sandbox.test\r\nSubject: s\r\nImportance: high\r\n");
        now.ShouldContain(Pdf);
        now.ShouldContain(Picture);
        now.ShouldContain("<p>new <img");
        now.ShouldNotContain("old");
        var detail = (await App.GetAsync($"{Drafts}/{key}")).Result;
        detail.GetProperty("attachments").EnumerateArray().Select(a => (a.GetProperty("mimeType").GetString(), a.GetProperty("isInline").GetBoolean())).ShouldBe([("image/png", true), ("application/pdf", false)]);
    }

    [Fact]
    public async Task Attachments_are_kept_by_reference_added_and_removed()
    {
        var raw = "From: Nora <sales@example.test>\r\nTo: tom@sandbox.test\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"m\"\r\n\r\n"
            + "--m\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nStra=DFe=20\r\n"
            + "--m\r\nContent-Type: text/x-first; name=first.bin\r\nContent-Disposition: attachment; filename=first.bin\r\n\r\nfirst bytes\r\n"
            + "--m\r\nContent-Type: text/x-second; name=second.bin; x-odd=\"kept\"\r\nContent-Disposition: attachment; filename=second.bin\r\n\r\nsecond bytes\r\n--m--\r\n";
        var (key, _) = await StoreAsync(Encoding.Latin1.GetBytes(raw));

        var changed = await App.PutAsync($"{Drafts}/{key}", new { attachments = new object[] { new { attachmentId = "1" }, new { filename = "third.pdf", content = "UERG" } } });

        changed.Status.ShouldBe(200, changed.Text);
        var now = Encoding.Latin1.GetString(sandbox.User.Find("Drafts")!.Messages[^1].Raw.Span);
        now.ShouldContain("Stra=DFe=20");
        now.ShouldContain("x-odd=\"kept\"");
        now.ShouldNotContain("first bytes");
        var detail = (await App.GetAsync($"{Drafts}/{key}")).Result;
        detail.GetProperty("attachments").EnumerateArray().Select(a => (a.GetProperty("filename").GetString(), a.GetProperty("mimeType").GetString())).ShouldBe([("second.bin", "text/x-second"), ("third.pdf", "application/pdf")]);
        (await App.PutAsync($"{Drafts}/{key}", new { attachments = new[] { new { attachmentId = "7" } } })).ShouldBeRefused(404, "attachment_not_found");
        (await App.PutAsync($"{Drafts}/{key}", new { attachments = Array.Empty<object>() })).Status.ShouldBe(200);
        (await App.GetAsync($"{Drafts}/{key}")).Result.GetProperty("attachments").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Part_further_down_is_removed_with_its_boundary_alone()
    {
        var raw = "From: Nora <sales@example.test>\r\nTo: tom@sandbox.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"sep\"\r\n\r\n"
            + "--sep\r\nContent-Type: text/plain\r\n\r\nMeeting\r\n--sep\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n--sep\r\nContent-Type: text/html\r\n\r\n<p>Meeting</p>\r\n--sep--\r\n";
        var (key, _) = await StoreAsync(Encoding.UTF8.GetBytes(raw));

        (await App.PutAsync($"{Drafts}/{key}", new { attachments = Array.Empty<object>() })).Status.ShouldBe(200);

        var now = Encoding.UTF8.GetString(sandbox.User.Find("Drafts")!.Messages[^1].Raw.Span);
        now[now.IndexOf("--sep", StringComparison.Ordinal)..].TrimEnd().ShouldBe("--sep\r\nContent-Type: text/plain\r\n\r\nMeeting\r\n--sep\r\nContent-Type: text/html\r\n\r\n<p>Meeting</p>\r\n--sep--");
    }

    [Fact]
    public async Task Draft_changed_again_and_again_keeps_its_key_and_its_star()
    {
        var made = await App.PostAsync(Drafts, new { email = "lina@sandbox.test", to = "tom@sandbox.test", subject = "one", body = "1" });
        var key = made.Result.GetProperty("key").GetString();
        (await App.PostAsync($"/api/imap/messages/{key}/star")).Status.ShouldBe(200);
        var before = sandbox.User.Find("Drafts")!.Messages.Count;

        foreach (var subject in new[] { "two", "three", "four" })
            (await App.PutAsync($"{Drafts}/{key}", new { subject })).Result.GetProperty("key").GetString().ShouldBe(key);

        await sandbox.SyncAsync();
        var now = (await App.GetAsync($"{Drafts}/{key}")).Result;
        (now.GetProperty("subject").GetString(), now.GetProperty("isStarred").GetBoolean(), now.GetProperty("text").GetString()!.Trim()).ShouldBe(("four", true, "1"));
        now.GetProperty("internetMessageId").GetString().ShouldBe(made.Result.GetProperty("internetMessageId").GetString());
        sandbox.User.Find("Drafts")!.Messages.Count.ShouldBe(before);
        (await App.GetAsync($"{Drafts}?email=lina@sandbox.test&limit=500")).Result.GetProperty("messages").EnumerateArray().Count(m => m.GetProperty("key").GetString() == key).ShouldBe(1);
        (await App.DeleteAsync($"{Drafts}/{key}")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("To: nobody at all", "missing_recipient")]
    [InlineData("To: undisclosed-recipients:;", "missing_recipient")]
    [InlineData("To: <tom@@sandbox>", "invalid_recipient")]
    public async Task Draft_that_is_for_nobody_is_refused(string to, string error)
    {
        var (key, _) = await StoreAsync(Encoding.UTF8.GetBytes($"From: lina@sandbox.test\r\n{to}\r\n\r\ntext\r\n"));
        var accepted = sandbox.Servers.Accepted.Count;

        var refused = await App.PostAsync($"{Drafts}/{key}/send");

        refused.Status.ShouldBe(400, refused.Text);
        refused.Error.ShouldBeOneOf(error, "missing_recipient", "invalid_recipient");
        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
        (await App.DeleteAsync($"{Drafts}/{key}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Text_type_without_a_text_is_refused()
    {
        var (key, _) = await StoreAsync("From: lina@sandbox.test\r\nSubject: x\r\n\r\ntext\r\n"u8.ToArray());

        (await App.PutAsync($"{Drafts}/{key}", new { contentType = "html" })).ShouldBeRefused(400, "missing_parameter");
    }

    /// <summary>What went out of a draft that somebody stored.</summary>
    private async Task<byte[]> SendAsync(byte[] raw)
    {
        var (key, _) = await StoreAsync(raw);
        var sent = await App.PostAsync($"{Drafts}/{key}/send");
        sent.Status.ShouldBe(200, sent.Text);
        return sandbox.Servers.Accepted[^1].Raw.ToArray();
    }

    private async Task<(string Key, uint Uid)> StoreAsync(byte[] raw)
    {
        var uid = sandbox.User.Find("Drafts")!.Append(raw, ["\\Draft"]).Uid;
        await sandbox.SyncAsync();
        var draft = await App.GetAsync($"{Drafts}/{uid}?email=lina@sandbox.test");
        draft.Status.ShouldBe(200, draft.Text);
        return (draft.Result.GetProperty("key").GetString()!, uid);
    }

    private static bool Has(byte[] mail, string name) => Fields(mail).Any(field => Name(field) == name);

    /// <summary>The fields of a header with their line breaks; Latin-1, so that each byte is a character.</summary>
    private static List<string> Fields(byte[] mail)
    {
        var text = Encoding.Latin1.GetString(mail);
        var fields = new List<string>();
        foreach (var line in text[..(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)].Split("\r\n")[..^1])
        {
            if (line.StartsWith(' ') || line.StartsWith('\t'))
                fields[^1] += line + "\r\n";
            else
                fields.Add(line + "\r\n");
        }

        return fields;
    }

    private static string Name(string field) => field[..Math.Max(0, field.IndexOf(':', StringComparison.Ordinal))].Trim().ToLowerInvariant();

    private static byte[] Without(byte[] mail, string[] names)
    {
        var text = Encoding.Latin1.GetString(mail);
        var body = text[text.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
        return Encoding.Latin1.GetBytes(string.Concat(Fields(mail).Where(field => !names.Contains(Name(field)))) + body);
    }

    private static string Show(byte[] mail) => Encoding.Latin1.GetString(mail);
}
