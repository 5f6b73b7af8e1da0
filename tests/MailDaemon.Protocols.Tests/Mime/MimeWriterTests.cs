using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class MimeWriterTests
{
    private static readonly MimeDraft Draft = new()
    {
        From = new Mailbox("Zhang San", "zhang@example.org"),
        To = [new Mailbox("", "li@example.org")],
        Subject = "Quotation",
        Date = new DateTimeOffset(2024, 2, 5, 9, 7, 3, TimeSpan.FromHours(8)),
        MessageId = "<1@example.org>",
        TextBody = "Hello\n",
    };

    [Fact]
    public async Task Simple_mail_is_written_byte_for_byte()
    {
        (await WriteAsync(Draft with { InReplyTo = "<0@example.org>", References = ["<a@example.org>", "<0@example.org>"] })).ShouldBe("""
            Date: Mon, 05 Feb 2024 09:07:03 +0800
            From: Zhang San <zhang@example.org>
            To: li@example.org
            Message-ID: <1@example.org>
            In-Reply-To: <0@example.org>
            References: <a@example.org> <0@example.org>
            Subject: Quotation
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii
            Content-Transfer-Encoding: 7bit

            Hello


            """.ReplaceLineEndings("\r\n"));
    }

    [Theory]
    [InlineData("报价单：关于新产品的价格与交货期的最终确认，请查收附件并于本周五之前回复，谢谢您的支持与合作，期待与贵司长期合作")]
    [InlineData("Grüße aus München und ein sehr langer Betreff mit vielen Wörtern, der in mehrere Zeilen gefaltet werden muss")]
    [InlineData("👩‍👩‍👧‍👦 family 🇨🇳 flags 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀")]
    [InlineData("a plain subject of many words that has to be folded since it is a good deal longer than one line may be")]
    [InlineData("looks like =?utf-8?Q?a word?= but is none")]
    [InlineData("  blanks  around  and  inside  ")]
    [InlineData("")]
    public async Task Subject_comes_back(string subject)
    {
        var written = await WriteAsync(Draft with { Subject = subject });

        Parse(written).Headers.Subject.ShouldBe(subject);
        HeaderLines(written).ShouldAllBe(line => line.Length <= 78);
        written.ShouldAllBe(each => each < 0x80);
    }

    [Fact]
    public async Task Subject_without_blanks_longer_than_a_line_comes_back()
    {
        var subject = new string('x', 3000);

        var written = await WriteAsync(Draft with { Subject = subject });

        Parse(written).Headers.Subject.ShouldBe(subject);
        HeaderLines(written).ShouldAllBe(line => line.Length <= 78);
    }

    [Theory]
    [InlineData("张三")]
    [InlineData("Müller, Jürgen (Einkauf)")]
    [InlineData("Doe, John \"Jack\" \\ <x>")]
    [InlineData("J. R. R. Tolkien")]
    [InlineData("=?utf-8?Q?trick?=")]
    [InlineData("two  blanks")]
    [InlineData("一个非常非常非常非常非常非常非常非常非常非常非常非常非常非常非常非常长的名字")]
    public async Task Names_come_back(string name)
    {
        var mailbox = new Mailbox(name, "a@example.org");

        var written = await WriteAsync(Draft with { From = mailbox, To = [mailbox, mailbox], Cc = [mailbox], ReplyTo = [mailbox] });

        var headers = Parse(written).Headers;
        var expected = mailbox with { Name = string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries)) };
        headers.From.ShouldBe([expected]);
        headers.To.ShouldBe([expected, expected]);
        headers.Cc.ShouldBe([expected]);
        headers.ReplyTo.ShouldBe([expected]);
        HeaderLines(written).ShouldAllBe(line => line.Length <= 78);
    }

    [Theory]
    [InlineData("plain ascii\n", "7bit")]
    [InlineData("ein paar Umlaute in einem langen deutschen Satz: schön und grün\n", "quoted-printable")]
    [InlineData("大部分是汉字的正文\n第二行\n", "base64")]
    [InlineData("From the start of a line\n", "quoted-printable")]
    [InlineData("a line like --=_a boundary\n", "quoted-printable")]
    [InlineData("form feed \f and bell \a\n", "quoted-printable")]
    [InlineData("blanks at the end  \nof lines\t\n.\n..\n-- \nsignature\n", "7bit")]
    [InlineData("\n", "7bit")]
    public async Task Text_comes_back_in_the_plainest_encoding(string text, string encoding)
    {
        var written = await WriteAsync(Draft with { TextBody = text });

        var message = Parse(written);
        message.Headers.TransferEncoding.ShouldBe(encoding);
        message.TextBody.ShouldBe(text + (encoding == "base64" ? "" : "\n"));
        written.ShouldAllBe(each => each < 0x80);
    }

    [Fact]
    public async Task Text_of_long_lines_is_written_in_short_ones()
    {
        var text = new string('x', 5000) + " é\n" + new string('=', 500) + "\n";

        var written = await WriteAsync(Draft with { TextBody = text, HtmlBody = "<p>" + text + "</p>" });

        Parse(written).TextBody.ShouldBe(text);
        written.Split("\r\n").ShouldAllBe(line => line.Length <= 78);
    }

    [Fact]
    public async Task Eight_bit_text_is_left_where_the_server_takes_it()
    {
        var written = await WriteAsync(Draft with { TextBody = "schön\n" }, new MimeWriteOptions { Allow8Bit = true });

        written.ShouldContain("Content-Transfer-Encoding: 8bit\r\n\r\nschön\r\n");
    }

    [Fact]
    public async Task Parts_are_nested_only_as_needed()
    {
        var picture = File("pic.png", "image/png", [1, 2, 3]) with { IsInline = true, ContentId = "pic@1" };
        var pdf = File("offer.pdf", "application/pdf", [4, 5, 6]);

        (await ShapeAsync(Draft)).ShouldBe("text/plain");
        (await ShapeAsync(Draft with { HtmlBody = "<p>x" })).ShouldBe("multipart/alternative(text/plain text/html)");
        (await ShapeAsync(Draft with { TextBody = null, HtmlBody = "<p>x" })).ShouldBe("text/html");
        (await ShapeAsync(Draft with { HtmlBody = "<p>x", Attachments = [picture, pdf] }))
            .ShouldBe("multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) application/pdf)");
        (await ShapeAsync(Draft with { Attachments = [picture] })).ShouldBe("multipart/mixed(text/plain image/png)");
    }

    [Fact]
    public async Task All_of_a_mail_comes_back()
    {
        var bytes = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7)).ToArray();
        var draft = Draft with
        {
            HtmlBody = "<p>你好 <img src=\"cid:pic@1\"></p>",
            TextBody = "你好，no line break at the end",
            Attachments =
            [
                File("图片 😀.png", "image/png", bytes) with { IsInline = true, ContentId = "pic@1" },
                File("报价单：关于新产品的价格与交货期的最终确认（第三版，请勿转发，仅供内部参考使用）.xlsx", "application/vnd.ms-excel", []),
                File("quote \" and \\ back.txt", "text/plain", "bare\nline\r\nends\r"u8.ToArray()),
                File("=?utf-8?Q?a?=.bin", "application/octet-stream", [0, 255]),
                File(new string('n', 230) + ".pdf", "application/pdf", [37]),
            ],
        };

        var message = Parse(await WriteAsync(draft));

        message.Defects.ShouldBeEmpty();
        message.TextBody.ShouldBe(draft.TextBody);
        message.HtmlBody.ShouldBe(draft.HtmlBody);
        message.Attachments.Select(each => each.Filename).ShouldBe(draft.Attachments.Select(each => each.Filename));
        message.Attachments.Select(each => each.ContentType.Name).ShouldBe(draft.Attachments.Select(each => each.Filename));
        message.Attachments.Select(each => each.ContentType.MediaType).ShouldBe(draft.Attachments.Select(each => each.MediaType));
        message.Attachments.Select(message.Inline.Contains).ShouldBe([true, false, false, false, false]);
        message.Attachments[0].ContentId.ShouldBe("pic@1");
        message.Attachments[0].DecodeBody().ShouldBe(bytes);
        message.Attachments[1].DecodeBody().ShouldBeEmpty();
        message.Attachments[2].DecodeBody().ShouldBe("bare\nline\r\nends\r"u8.ToArray());
        message.Attachments[3].DecodeBody().ShouldBe([0, 255]);
        message.Attachments[4].DecodeBody().ShouldBe([37]);
    }

    [Fact]
    public async Task File_name_is_written_for_old_and_new_readers()
    {
        var written = await WriteAsync(Draft with { Attachments = [File("报价.pdf", "application/pdf", [1])] });

        written.ShouldContain("Content-Type: application/pdf; name=\"=?UTF-8?B?5oql5Lu3LnBkZg==?=\"\r\n");
        written.ShouldContain("Content-Disposition: attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf\r\n");
    }

    [Fact]
    public async Task Attached_message_travels_unencoded()
    {
        var inner = "Subject: inner\nContent-Type: text/plain\n\nline\n";

        var written = await WriteAsync(Draft with { Attachments = [File("mail.eml", "message/rfc822", Encoding.ASCII.GetBytes(inner))] });

        var part = Parse(written).Attachments[0];
        part.Headers.TransferEncoding.ShouldBe("7bit");
        part.Embedded!.Headers.Subject.ShouldBe("inner");
        Mail.Text(part.RawBody).ShouldBe(inner.Replace("\n", "\r\n"));
    }

    [Theory]
    [InlineData("Subject: \u00fc\r\n\r\nx", false)]
    [InlineData("Subject: a\r\n\r\nbare \r return", true)]
    [InlineData("Subject: a\r\n\r\n--=_m looks like our boundary", true)]
    [InlineData("Subject: a\r\n\r\nnul \0", true)]
    public async Task Attached_message_that_cannot_travel_unencoded_becomes_a_file(string inner, bool allow8Bit)
    {
        var bytes = Encoding.UTF8.GetBytes(inner);

        var written = await WriteAsync(Draft with { Attachments = [File("mail.eml", "message/rfc822", bytes)] }, new MimeWriteOptions { Allow8Bit = allow8Bit });

        var part = Parse(written).Attachments[0];
        part.ContentType.MediaType.ShouldBe("application/octet-stream");
        part.Filename.ShouldBe("mail.eml");
        part.DecodeBody().ShouldBe(bytes);
    }

    [Fact]
    public async Task Eight_bit_message_travels_unencoded_where_the_server_takes_it()
    {
        var written = await WriteAsync(Draft with { Attachments = [File("m.eml", "message/rfc822", "Subject: ü\r\n\r\nx"u8.ToArray())] }, new MimeWriteOptions { Allow8Bit = true });

        Parse(written).Attachments[0].Embedded!.Headers.Subject.ShouldBe("ü");
    }

    [Fact]
    public async Task Bcc_is_in_the_copy_for_sent_only()
    {
        var draft = Draft with { Bcc = [new Mailbox("", "secret@example.org")] };

        (await WriteAsync(draft)).ShouldNotContain("secret");
        (await WriteAsync(draft, new MimeWriteOptions { IncludeBcc = true })).ShouldContain("Bcc: secret@example.org\r\n");
        (await WriteAsync(draft with { To = [] })).ShouldContain("To: undisclosed-recipients:;\r\n");
    }

    [Fact]
    public async Task International_domain_is_written_in_punycode()
    {
        var draft = Draft with { To = [new Mailbox("", "info@例え.jp")] };

        (await WriteAsync(draft)).ShouldContain("To: info@xn--r8jz45g.jp\r\n");
        (await WriteAsync(draft, new MimeWriteOptions { AllowUtf8Headers = true })).ShouldContain("To: info@例え.jp\r\n");
    }

    [Fact]
    public async Task Utf8_fields_are_written_raw_where_allowed()
    {
        var draft = Draft with { Subject = "报价", From = new Mailbox("张三", "张三@例え.jp") };

        var written = await WriteAsync(draft, new MimeWriteOptions { AllowUtf8Headers = true });

        written.ShouldContain("From: 张三 <张三@例え.jp>\r\n");
        written.ShouldContain("Subject: 报价\r\n");
        Parse(written).Headers.From.ShouldBe([draft.From]);
    }

    [Fact]
    public async Task Same_draft_gives_the_same_bytes()
    {
        var draft = Draft with { HtmlBody = "<p>x", Attachments = [File("a.bin", "application/octet-stream", [1])] };

        (await WriteAsync(draft)).ShouldBe(await WriteAsync(draft));
    }

    public static TheoryData<string, MimeDraft> Refused => new()
    {
        { "Subject has a control character.", Draft with { Subject = "a\r\nBcc: x@example.org" } },
        { "Subject has a control character.", Draft with { Subject = "a\0" } },
        { "Subject has half a character.", Draft with { Subject = "a\ud83d" } },
        { "From has a control character.", Draft with { From = new Mailbox("a\nb", "a@example.org") } },
        { "To has a control character.", Draft with { To = [new Mailbox("", "a@example.org\r\nX: y")] } },
        { "is no mail address", Draft with { To = [new Mailbox("", "a@example.org, b@example.org")] } },
        { "is no mail address", Draft with { To = [new Mailbox("", "nobody")] } },
        { "is no mail address", Draft with { To = [new Mailbox("", "a b@example.org")] } },
        { "is no mail address", Draft with { To = [new Mailbox("", "<a@example.org>")] } },
        { "is no mail address", Draft with { To = [new Mailbox("", "a@exa mple.org")] } },
        { "is no mail address", Draft with { To = [new Mailbox("", "\"a\" <b>@example.org")] } },
        { "no SMTPUTF8", Draft with { To = [new Mailbox("", "张三@example.org")] } },
        { "identifier in Message-ID", Draft with { MessageId = "1@example.org" } },
        { "Message-ID has a control character.", Draft with { MessageId = "<a\r\n@b>" } },
        { "extra header field", Draft with { ExtraHeaders = [new("Subject", "twice")] } },
        { "extra header field", Draft with { ExtraHeaders = [new("Content-Type", "text/html")] } },
        { "extra header field", Draft with { ExtraHeaders = [new("X:\r\nY", "a")] } },
        { "X-A has a control character.", Draft with { ExtraHeaders = [new("X-A", "a\r\nb")] } },
        { "has a control character.", Draft with { Attachments = [File("a\r\nb.txt", "text/plain", [])] } },
        { "cannot have the media type", Draft with { Attachments = [File("a", "text/plain; charset=x", [])] } },
        { "cannot have the media type", Draft with { Attachments = [File("a", "multipart/mixed", [])] } },
        { "cannot have the media type", Draft with { Attachments = [File("a", "text/plain\r\nX: y", [])] } },
        { "Content-ID has a control character.", Draft with { Attachments = [File("a", "text/plain", []) with { ContentId = "a\r\nb" }] } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Draft_that_cannot_be_written_is_refused_before_a_byte(string reason, MimeDraft draft)
    {
        using var destination = new MemoryStream();

        var refusal = await Should.ThrowAsync<ArgumentException>(() => MimeWriter.WriteAsync(draft, destination, new MimeWriteOptions(), CancellationToken.None));

        refusal.Message.ShouldContain(reason);
        destination.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Identifiers_of_strangers_that_cannot_be_written_are_left_out()
    {
        var draft = Draft with { InReplyTo = "<报价@例え.jp>", References = ["<a@b>", "<报价@x>", $"<{new string('x', 2000)}@y>", "no brackets", "<c@d>"] };

        var headers = Parse(await WriteAsync(draft)).Headers;

        headers.InReplyTo.ShouldBeNull();
        headers.References.ShouldBe(["<a@b>", "<c@d>"]);
    }

    [Fact]
    public async Task Multiparts_around_an_eight_bit_part_say_so()
    {
        var written = await WriteAsync(Draft with { TextBody = "schön\n", HtmlBody = "<p>plain" }, new MimeWriteOptions { Allow8Bit = true });

        var root = Parse(written).Root;
        root.Headers.TransferEncoding.ShouldBe("8bit");
        root.Children.Select(part => part.Headers.TransferEncoding).ShouldBe(["8bit", "7bit"]);
    }

    [Fact]
    public async Task Extra_fields_are_encoded_and_folded()
    {
        var written = await WriteAsync(Draft with { ExtraHeaders = [new("X-Note", "注意"), new("Auto-Submitted", "auto-replied")] });

        written.ShouldContain("X-Note: =?UTF-8?B?5rOo5oSP?=\r\nAuto-Submitted: auto-replied\r\n");
    }

    [Fact]
    public async Task Large_attachment_is_never_held()
    {
        const long size = 64 * 1024 * 1024;
        var pipe = new Passage(size);
        var draft = Draft with { Attachments = [new MimeAttachment { Filename = "big.bin", MediaType = "application/octet-stream", Open = () => pipe.Source }] };

        await MimeWriter.WriteAsync(draft, pipe.Destination, new MimeWriteOptions(), CancellationToken.None);

        pipe.Written.ShouldBeGreaterThan(size / 57 * 78);
        pipe.MostHeld.ShouldBeLessThan(256 * 1024);
    }

    [Fact]
    public async Task Large_attached_message_is_never_held()
    {
        const long size = 8 * 1024 * 1024;
        var pipe = new Passage(size);
        var draft = Draft with { Attachments = [new MimeAttachment { Filename = "big.eml", MediaType = "message/rfc822", Open = () => pipe.Source }] };

        await MimeWriter.WriteAsync(draft, pipe.Destination, new MimeWriteOptions(), CancellationToken.None);

        pipe.Written.ShouldBeGreaterThan(size);
        pipe.MostHeld.ShouldBeLessThan(256 * 1024);
    }

    private static MimeAttachment File(string name, string mediaType, byte[] content) =>
        new() { Filename = name, MediaType = mediaType, Open = () => new MemoryStream(content, writable: false) };

    private static async Task<string> WriteAsync(MimeDraft draft, MimeWriteOptions? options = null)
    {
        using var destination = new MemoryStream();
        await MimeWriter.WriteAsync(draft, destination, options ?? new MimeWriteOptions(), CancellationToken.None);
        var written = Encoding.UTF8.GetString(destination.ToArray());
        written.Replace("\r\n", "").ShouldNotContain('\n');
        written.Replace("\r\n", "").ShouldNotContain('\r');
        written.ShouldEndWith("\r\n");
        written.Split("\r\n").ShouldAllBe(line => line.Length <= 998);
        return written;
    }

    private static MimeMessage Parse(string written) => MimeParser.Parse(Encoding.UTF8.GetBytes(written));

    private static string[] HeaderLines(string written) => written[..written.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");

    private static async Task<string> ShapeAsync(MimeDraft draft) => Shape(Parse(await WriteAsync(draft)).Root);

    private static string Shape(MimePart part) =>
        part.ContentType.MediaType + (part.Children.Count == 0 ? "" : $"({string.Join(' ', part.Children.Select(Shape))})");

    /// <summary>A source and a destination that know how many bytes were read and not yet written.</summary>
    private sealed class Passage(long length)
    {
        private readonly long size = length;
        private long read;

        public Stream Source => new Reader(this);

        public Stream Destination => new Writer(this);

        public long Written { get; private set; }

        public long MostHeld { get; private set; }

        /// <summary>Gives short lines; each reader begins anew.</summary>
        private sealed class Reader : MemoryStream
        {
            private readonly Passage passage;
            private long left;

            public Reader(Passage passage)
            {
                this.passage = passage;
                left = passage.size;
                passage.read = 0;
            }

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var count = (int)Math.Min(left, buffer.Length);
                buffer.Span[..count].Fill((byte)'x');
                for (var i = 0; i < count; i += 64)
                {
                    buffer.Span[i] = (byte)'\n';
                }

                left -= count;
                passage.read += count;
                return ValueTask.FromResult(count);
            }
        }

        private sealed class Writer(Passage passage) : MemoryStream
        {
            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                passage.Written += buffer.Length;
                passage.MostHeld = Math.Max(passage.MostHeld, Math.Max(buffer.Length, passage.read - passage.Written));
                return ValueTask.CompletedTask;
            }
        }
    }
}
