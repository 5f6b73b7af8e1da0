using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Bodies as callers get them, whatever their senders wrote, over HTTP.</summary>
public sealed class CleanBodiesTests(CleanBodiesTests.Mailbox mailbox) : IClassFixture<CleanBodiesTests.Mailbox>
{
    private const string Smuggled = "\u200b\u202e\u2066\u00ad\ufeff\u2060\U000E0064\U000E0065\U000E006C\ufe01\U000E0101\u061c\u180e";

    private DaemonApp App => mailbox.Sandbox.App;

    private string Account => $"email={mailbox.Sandbox.Email}";

    [Theory]
    [InlineData("markdown")]
    [InlineData("text")]
    [InlineData("html")]
    public async Task Page_of_newsletters_comes_whole_in_every_form(string format)
    {
        foreach (var path in (string[])[$"/api/imap/messages?{Account}&limit=200&bodyFormat={format}", $"/api/imap/messages?{Account}&limit=200&bodyFormat={format}&stripQuotes=true", $"/api/imap/search?{Account}&limit=200&q=news&bodyFormat={format}"])
        {
            var reply = await App.GetAsync(path);

            reply.Status.ShouldBe(200, reply.Text);
            var news = reply.Result.GetProperty("messages").EnumerateArray().Where(item => Text(item, "subject").StartsWith("News ", StringComparison.Ordinal)).ToList();
            news.Count.ShouldBe(NewsletterMails.Count);
            foreach (var item in news)
            {
                var body = item.GetProperty("body");
                (Text(body, "contentType"), body.TryGetProperty("defect", out _)).ShouldBe((format, false));
                Text(body, "content").ShouldContain("Marker" + Text(item, "subject")["News ".Length..]);
                if (format != "html")
                    Text(body, "content").ShouldNotContain("Preheader");
            }
        }
    }

    [Fact]
    public async Task Markup_of_a_newsletter_is_read_as_people_read_it()
    {
        var markdown = await BodyAsync("Sale", "bodyFormat=markdown");

        Text(markdown, "content").ShouldBe("**[\\[Sale\\]](https://shop.example/sale)**\n\n[Order now](https://shop.example/order%282%29) or [https://bank.example](https://evil.example/) or www.shop.example\n\n<https://shop.example/picture>");
        Text(await BodyAsync("Sale", "bodyFormat=text"), "content").ShouldBe("Sale (https://shop.example/sale)\nOrder now (https://shop.example/order%282%29) or https://bank.example (https://evil.example/) or www.shop.example\nhttps://shop.example/picture");
        Text(await mailbox.Sandbox.FindAsync("Sale"), "snippet").ShouldBe("Sale Order now or https://bank.example or www.shop.example https://shop.example/picture");
    }

    [Fact]
    public async Task Hidden_text_is_in_no_text_and_its_length_is_told()
    {
        var item = await mailbox.Sandbox.FindAsync("Hidden");
        var detail = (await App.GetAsync($"/api/imap/messages/{Text(item, "key")}?{Account}")).Result;
        var markdown = (await App.GetAsync($"/api/imap/messages/{Text(item, "key")}?{Account}&bodyFormat=markdown")).Result;

        Text(item, "snippet").ShouldBe("Dear customer");
        (Text(detail, "text"), detail.GetProperty("hiddenTextRemoved").GetInt32()).ShouldBe(("Dear customer", 12));
        (Text(markdown.GetProperty("body"), "content"), markdown.GetProperty("body").GetProperty("hiddenTextRemoved").GetInt32()).ShouldBe(("Dear customer", 12));
        Text(detail.GetProperty("body"), "content").ShouldContain("ignore");
        (await App.GetAsync($"/api/imap/search?{Account}&q=ignoreorder")).Result.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Characters_that_nobody_sees_are_in_no_read_but_the_raw_ones()
    {
        var list = await App.GetAsync($"/api/imap/messages?{Account}&limit=200&bodyFormat=text");
        var item = list.Result.GetProperty("messages").EnumerateArray().First(found => Text(found, "subject") == "invoice 7");
        var key = Text(item, "key");
        string[] paths =
        [
            $"/api/imap/messages?{Account}&limit=200", $"/api/imap/messages?{Account}&limit=200&bodyFormat=text", $"/api/imap/messages?{Account}&limit=200&bodyFormat=markdown", $"/api/messages?limit=200",
            $"/api/imap/messages/{key}?{Account}&bodyFormat=text", $"/api/imap/messages/{key}?{Account}&bodyFormat=markdown", $"/api/imap/search?{Account}&q=payment", $"/api/search?q=invoice", $"/api/imap/threads?{Account}&limit=200",
            $"/api/threads/{Text(item, "threadId")}?bodyFormat=text", "/api/agents/reader/tasks",
        ];
        foreach (var path in paths)
        {
            var reply = await App.GetAsync(path);
            reply.Status.ShouldBe(200, path);
            foreach (var rune in Decoded(reply.Text).EnumerateRunes())
                Smuggled.EnumerateRunes().ShouldNotContain(rune, path);
        }

        var detail = (await App.GetAsync($"/api/imap/messages/{key}?{Account}&bodyFormat=text")).Result;
        Text(detail, "text").Trim().ShouldBe("Ann: payment\u0020می\u200cخواهم 👩\u200d🔧 ❤\ufe0f క్\u200cష");
        (Text(detail.GetProperty("from"), "name"), Text(detail.GetProperty("to")[0], "name"), Text(detail.GetProperty("cc")[0], "name"), Text(detail.GetProperty("attachments")[0], "filename")).ShouldBe(("Ann", "Bob", "Cy", "agpj.exe"));
        Text((await App.GetAsync($"/api/imap/messages/{key}?{Account}")).Result.GetProperty("body"), "content").ShouldContain("\u202e");
    }

    [Fact]
    public async Task Published_list_is_clean_too()
    {
        var index = "";
        await Eventually.UntilAsync(() => (index = Directory.EnumerateFiles(App.DataDirectory, "index.json", SearchOption.AllDirectories).FirstOrDefault("")).Length > 0, "the list is published");

        Decoded(await File.ReadAllTextAsync(index)).EnumerateRunes().Intersect(Smuggled.EnumerateRunes()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Fwd inline", "FYI, please quote this.", "we need 200 panels", false)]
    [InlineData("FW: Outlook forward", "FYI, please quote this.", "we need 200 panels", false)]
    [InlineData("Underscores", "below the line", "Own words", false)]
    [InlineData("Shipment", "From: Hamburg", "To: Shanghai", false)]
    [InlineData("Inline answers", "Tomorrow.", "Shall we?", false)]
    [InlineData("Re: Gmail", "Yes, of course.", null, true)]
    [InlineData("Re: Outlook", "Yes, of course.", null, true)]
    public async Task History_is_cut_and_content_is_not(string subject, string kept, string? keptToo, bool isStripped)
    {
        foreach (var format in (string[])["text", "markdown", "html"])
        {
            var body = await BodyAsync(subject, $"bodyFormat={format}&stripQuotes=true");

            Text(body, "content").ShouldContain(kept);
            if (keptToo is not null)
                Text(body, "content").ShouldContain(keptToo);
            else
                Text(body, "content").ShouldNotContain("old words");
            (body.TryGetProperty("isStripped", out var told) && told.GetBoolean()).ShouldBe(isStripped, format);
            Text(await BodyAsync(subject, $"bodyFormat={format}"), "content").ShouldContain(keptToo ?? "old words");
        }
    }

    private async Task<JsonElement> BodyAsync(string subject, string query)
    {
        var item = await mailbox.Sandbox.FindAsync(subject);
        var reply = await App.GetAsync($"/api/imap/messages/{Text(item, "key")}?{Account}&{query}");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result.GetProperty("body");
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>JSON with its escapes of characters undone; of a pair both halves.</summary>
    private static string Decoded(string json) => System.Text.RegularExpressions.Regex.Replace(json, @"\\u([0-9a-fA-F]{4})", match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());

    /// <summary>Mail on the sandbox's server, read once, and a rule that hands it to an agent.</summary>
    public sealed class Mailbox : IAsyncLifetime
    {
        public SandboxApp Sandbox { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
            var made = await Sandbox.App.PostAsync("/api/rules", new { name = "reader", conditions = new[] { new { field = "subject", @operator = "contains", value = "invoice" } }, actions = new[] { new { type = "agent_handle", value = "reader" } } });
            made.Status.ShouldBe(201, made.Text);
            for (var i = 0; i < NewsletterMails.Count; i++)
                Sandbox.User.Inbox.Append(NewsletterMails.Mail(i, Sandbox.Email));
            Html("Sale", "<strong><a href=\"https://shop.example/sale\"><img alt=\"Sale\"></a></strong><p><a href='https://shop.example/order(2)'>Order now</a> or <a href='https://evil.example/'>https://bank.example</a> or <a href='https://www.shop.example/'>www.shop.example</a></p><p><a href='https://shop.example/picture'><img src=x></a></p>");
            Html("Hidden", "<style>.k{color:#fff}</style><p>Dear customer</p><p class=k>ignoreorder</p><img width=1 alt=x>");
            var bad = Smuggled;
            Plain($"in{bad}voice 7", $"Ann{bad}: pay{bad}ment می\u200cخواهم 👩\u200d🔧 ❤\ufe0f క్\u200cష", $"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBODY\r\n--y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>BODY</p>\r\n--y--\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{Word("a\u202egpj.exe")}\"\r\n\r\nx\r\n--x--\r\n", bad);
            const string Inquiry = "Hello Lina, we need 200 panels.";
            Both("Fwd inline", $"FYI, please quote this.\n\n---------- Forwarded message ---------\nFrom: Ann <ann@x.test>\nDate: Mon, Jan 5, 2026 at 8:00 AM\nSubject: Panels\nTo: Lina\n\n{Inquiry}", $"<p>FYI, please quote this.</p><div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>From: Ann</div><p>{Inquiry}</p></div>");
            Both("FW: Outlook forward", $"FYI, please quote this.\n\n________________________________\nFrom: Ann <ann@x.test>\nSent: Monday, January 5, 2026 8:00 AM\nTo: Lina\nSubject: Panels\n\n{Inquiry}", $"<p>FYI, please quote this.</p><hr><div id=divRplyFwdMsg><b>From:</b> Ann<br><b>Sent:</b> Monday, January 5, 2026<br><b>Subject:</b> Panels</div><p>{Inquiry}</p>");
            Both("Underscores", $"Own words\n{new string('_', 32)}\nand more below the line", $"<p>Own words</p><p>{new string('_', 32)}</p><p>and more below the line</p>");
            Both("Shipment", "Our offer:\n\nFrom: Hamburg\nTo: Shanghai\nDate: 5 March 2026\n\nBest regards", "<p>Our offer:</p><div style='border-top:1px solid'>From: Hamburg<br>To: Shanghai<br>Date: 5 March 2026</div><p>Best regards</p>");
            Both("Inline answers", "On Mon, 5 Jan 2026 08:00, Ann <ann@x.test> wrote:\n> Shall we?\nYes.\n> And when?\nTomorrow.", "<div class=gmail_attr>On Mon, Ann wrote:</div><blockquote type=cite>Shall we?</blockquote><p>Yes.</p><blockquote type=cite>And when?</blockquote><p>Tomorrow.</p>");
            Both("Re: Gmail", "Yes, of course.\n\nOn Mon, Jan 5, 2026 at 8:00 AM Ann <ann@x.test> wrote:\n> old words\n> Ann", "<p>Yes, of course.</p><div class=gmail_quote><div class=gmail_attr>On Mon Ann wrote:</div><blockquote>old words</blockquote></div>");
            Both("Re: Outlook", "Ja. Yes, of course.\n\nVon: Ann <ann@x.test>\nGesendet: Montag, 5. Januar 2026 08:00\nAn: Lina\nBetreff: Panels\n\nold words", "<p>Yes, of course.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Von:</b> Ann<br><b>Gesendet:</b> Montag, 5. Januar 2026 08:00<br><b>An:</b> Lina<br><b>Betreff:</b> Panels</p></div><p>old words</p>");
            await Sandbox.SyncAsync();
            (await Sandbox.App.GetAsync("/api/agents/reader/tasks?wait=30")).Status.ShouldBe(200);
        }

        public Task DisposeAsync() => Sandbox.DisposeAsync();

        private void Html(string subject, string html) => Plain(subject, html, "Content-Type: text/html; charset=utf-8\r\n\r\nBODY\r\n");

        private void Both(string subject, string text, string html) => Plain(subject, text.ReplaceLineEndings("\r\n"), $"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBODY\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--x--\r\n");

        private void Plain(string subject, string body, string structure, string bad = "") => Sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
            $"From: {Word("An" + bad + "n")} <ann@x.test>\r\nTo: {Word("Bo" + bad + "b")} <{Sandbox.Email}>\r\nCc: {Word("C" + bad + "y")} <cy@x.test>\r\nSubject: {Word(subject)}\r\nMessage-ID: <{Guid.NewGuid():N}@x.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n{structure.Replace("BODY", body, StringComparison.Ordinal)}"));

        private static string Word(string text) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
    }
}
