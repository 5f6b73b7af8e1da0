using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Protocols.Mime;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Outlook;

/// <summary>Large mails taken apart for Graph: what is left and what was taken are together what there was.</summary>
public sealed class MimeSplitTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Mail_that_fits_stays_as_it_is()
    {
        var mail = "From: a@x.example\r\nBcc: c@x.example\r\nSubject: Hi\r\n\r\nText\r\n"u8.ToArray();

        var split = Split(mail);

        split.Skeleton.ToArray().ShouldBe(mail);
        split.Parts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Alternative_in_related_in_mixed_with_chinese_names_comes_back_byte_for_byte()
    {
        var (picture, table, note) = (Random(900), Random(5_000), Random(40));
        var mail = await WriteAsync(new MimeDraft
        {
            From = new Mailbox("王", "a@x.example"),
            To = [new Mailbox("", "b@x.example")],
            Bcc = [new Mailbox("", "c@x.example")],
            Subject = "报价单",
            Date = DateTimeOffset.UnixEpoch,
            MessageId = "<m1@x.example>",
            InReplyTo = "<m0@x.example>",
            References = ["<r@x.example>", "<m0@x.example>"],
            TextBody = "Preis 价格",
            HtmlBody = "<p>价格</p><img src=\"cid:logo@x\">",
            Attachments = [File("标志.png", "image/png", picture) with { IsInline = true, ContentId = "logo@x" }, File("客户报价单 2026 最终版本 带有一个非常长的文件名.xlsx", "application/vnd.ms-excel", table), File("note.bin", "application/octet-stream", note)],
        });

        var split = Split(mail, 2_000);

        split.Parts.Select(p => (p.FileName, p.ContentType, p.IsInline, p.ContentId, p.Size)).ShouldBe(
        [
            ("标志.png", "image/png", true, "logo@x", 900),
            ("客户报价单 2026 最终版本 带有一个非常长的文件名.xlsx", "application/vnd.ms-excel", false, null, 5_000),
        ]);
        split.Parts.Select(Bytes).ShouldBe([picture, table]);
        split.Skeleton.Length.ShouldBeLessThanOrEqualTo(2_000);
        var skeleton = MimeParser.Parse(split.Skeleton);
        skeleton.Defects.ShouldBeEmpty();
        skeleton.Attachments.ShouldHaveSingleItem().DecodeBody().ShouldBe(note);
        (skeleton.TextBody, skeleton.HtmlBody, skeleton.Headers.Subject).ShouldBe(("Preis 价格", "<p>价格</p><img src=\"cid:logo@x\">", "报价单"));
        (skeleton.Headers.MessageId, skeleton.Headers.InReplyTo, skeleton.Headers.Bcc[0].Address).ShouldBe(("<m1@x.example>", "<m0@x.example>", "c@x.example"));
        skeleton.Headers.References.ShouldBe(["<r@x.example>", "<m0@x.example>"]);
    }

    [Fact]
    public async Task Only_the_largest_are_taken_and_no_more_than_needed()
    {
        var mail = await WriteAsync(Draft() with { Attachments = [File("a", 1_000), File("b", 9_000), File("c", 3_000), File("d", 8_000)] });

        Split(mail, 18_000).Parts.Select(p => p.FileName).ShouldBe(["b"]);
        Split(mail, 8_000).Parts.Select(p => p.FileName).ShouldBe(["b", "d"]);
        Split(mail, 3_000).Parts.Select(p => p.FileName).ShouldBe(["b", "c", "d"]);
    }

    [Theory]
    [InlineData("base64", "SGVsbG8s\r\nIHdvcmxk", "Hello, world")]
    [InlineData("quoted-printable", "Gr=C3=BC=C3=9Fe=\r\n, Welt", "Grüße, Welt")]
    [InlineData("8bit", "Grüße\r\n-- \r\nWelt", "Grüße\r\n-- \r\nWelt")]
    [InlineData("binary", "a\0b\nc", "a\0b\nc")]
    [InlineData("7bit", "one\r\n\r\ntwo\r\n", "one\r\n\r\ntwo\r\n")]
    public void Each_transfer_encoding_is_undone(string encoding, string body, string decoded)
    {
        var filler = Filler(3_000);
        var mail = Mixed("--b\r\n\r\ntext\r\n--b\r\n", $"Content-Type: application/x-test\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--b\r\nContent-Disposition: attachment\r\n\r\n{filler}\r\n--b--\r\n");

        var parts = Split(mail, 150).Parts;

        Bytes(parts[0]).ShouldBe(Encoding.UTF8.GetBytes(decoded));
        parts[0].Size.ShouldBe(Encoding.UTF8.GetByteCount(decoded));
        Bytes(parts[1]).ShouldBe(Encoding.UTF8.GetBytes(filler));
    }

    [Fact]
    public void Attached_message_is_one_file_called_by_its_subject()
    {
        var inner = $"From: z@x.example\r\nSubject: =?utf-8?B?6K+i5Lu3?=\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nhello\r\n--i\r\nContent-Type: image/png\r\n\r\n{Filler(2_000)}\r\n--i--\r\n";
        var mail = Mixed("--b\r\n\r\ntext\r\n--b\r\n", $"Content-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n");

        var part = Split(mail, 500).Parts.ShouldHaveSingleItem();

        (part.FileName, part.ContentType, part.IsInline).ShouldBe(("询价.eml", "message/rfc822", false));
        Bytes(part).ShouldBe(Encoding.UTF8.GetBytes(inner));
    }

    [Fact]
    public void Multipart_that_is_left_empty_goes_and_one_with_a_single_child_stays()
    {
        var mail = Mixed(
            "preamble\r\n--b\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--r\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\n" + Filler(900) + "\r\n--r--\r\n",
            "--b\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: image/gif\r\n\r\n" + Filler(800) + "\r\n--m\r\nContent-Type: image/gif\r\n\r\n" + Filler(700) + "\r\n--m--\r\n--b--\r\nepilogue\r\n");

        var split = Split(mail, 300);

        split.Parts.Select(p => (p.FileName, p.Size)).ShouldBe([("attachment-1.png", 900), ("attachment-2.gif", 800), ("attachment-3.gif", 700)]);
        var skeleton = MimeParser.Parse(split.Skeleton);
        skeleton.Defects.ShouldBeEmpty();
        skeleton.Root.Children.ShouldHaveSingleItem().ContentType.MediaType.ShouldBe("multipart/related");
        skeleton.Leaves.ShouldHaveSingleItem().DecodeText().ShouldBe("<p>x</p>");
    }

    [Fact]
    public void Header_of_a_multipart_that_ends_at_a_boundary_gets_its_blank_line()
    {
        var split = Split(Encoding.UTF8.GetBytes($"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: image/png\r\n\r\n{Filler(1_000)}\r\n--b--\r\n"), 300);

        split.Parts.ShouldHaveSingleItem().Size.ShouldBe(1_000);
        Encoding.UTF8.GetString(split.Skeleton.Span).ShouldBe("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b--\r\n");
    }

    [Fact]
    public void Mail_that_is_nothing_but_a_file_keeps_an_empty_text()
    {
        var mail = Encoding.UTF8.GetBytes($"Message-ID: <m@x>\r\nContent-Type: application/pdf; name=a.pdf\r\nBcc: c@x.example\r\nContent-Disposition: attachment\r\n\r\n{Filler(2_000)}");

        var split = Split(mail, 500);

        Bytes(split.Parts.ShouldHaveSingleItem()).Length.ShouldBe(2_000);
        Encoding.UTF8.GetString(split.Skeleton.Span).ShouldBe("Message-ID: <m@x>\r\nBcc: c@x.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Line_ends_of_either_kind_and_an_end_that_is_cut_off_give_a_valid_mail(string line)
    {
        var text = $"Subject: x\r\nContent-Type: multipart/mixed; boundary=\"b b\"\r\n\r\n--b b\r\n\r\ntext\r\n--b b  \r\nContent-Type: image/png\r\n\r\n{Filler(1_000)}\r\n--b b\r\nContent-Type: image/gif\r\n\r\n{Filler(2_000)}";
        var mail = Encoding.UTF8.GetBytes(text.Replace("\r\n", line, StringComparison.Ordinal));

        var split = Split(mail, 400);

        split.Parts.Select(p => p.Size).ShouldBe([1_000L, 2_000L]);
        var skeleton = MimeParser.Parse(split.Skeleton);
        skeleton.Defects.ShouldBeEmpty();
        (skeleton.TextBody, skeleton.Leaves.Count).ShouldBe(("text", 1));
    }

    [Fact]
    public void Every_cut_of_a_mail_gives_a_skeleton_or_says_that_it_is_too_large()
    {
        var mail = Mixed("--b\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\ntext\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>\r\n--a--\r\n", $"--b\r\nContent-Type: image/png\r\n\r\n{Filler(400)}\r\n--b--\r\n");

        for (var length = 0; length <= mail.Length; length++)
        {
            var cut = mail[..length];
            MimeSplit split;
            try
            {
                split = Split(cut, 330);
            }
            catch (MailException e)
            {
                e.Code.ShouldBe("mail_too_large");
                continue;
            }

            var (before, after) = (MimeParser.Parse(cut), MimeParser.Parse(split.Skeleton));
            before.Attachments.Select(a => a.DecodeBody()).ShouldBe(after.Attachments.Select(a => a.DecodeBody()).Concat(split.Parts.Select(Bytes)), $"cut at {length}");
            (after.TextBody, after.HtmlBody).ShouldBe((before.TextBody, before.HtmlBody), $"cut at {length}");
        }
    }

    [Theory]
    [InlineData("Content-Type: text/plain\r\n\r\n")]
    [InlineData("X-Long: ")]
    [InlineData("Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Type: image/png\r\n\r\n")]
    public void Mail_whose_text_is_too_large_is_refused_with_a_way_out(string start)
    {
        var mail = Encoding.UTF8.GetBytes($"From: a@x.example\r\n{start}{Filler(3_000)}\r\n--s--\r\n");

        var refused = Should.Throw<MailException>(() => Split(mail, 2_000));

        (refused.Fault, refused.Code).ShouldBe((MailFault.TooLarge, "mail_too_large"));
        refused.Message.ShouldContain("attach it as a file");
    }

    [Fact]
    public void More_parts_than_the_limit_are_not_taken_apart()
    {
        var mail = Mixed(string.Concat(Enumerable.Range(0, 1_500).Select(i => string.Create(CultureInfo.InvariantCulture, $"--b\r\nContent-Type: image/png\r\n\r\n{i}\r\n"))), "--b--\r\n");

        Should.Throw<MailException>(() => Split(mail, 2_000)).Code.ShouldBe("mail_too_large");
    }

    [Fact]
    public async Task Sixty_megabytes_are_split_and_read_in_constant_memory()
    {
        var path = directory.File("large.eml");
        await using (var file = System.IO.File.Create(path))
        {
            await MimeWriter.WriteAsync(
                Draft() with { Attachments = [new MimeAttachment { Filename = "large.bin", MediaType = "application/octet-stream", Open = () => new MemoryStream(new byte[45_000_000]) }] }, file, new MimeWriteOptions(), CancellationToken.None);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var split = MimeSplit.Read(path);
        var hash = Hash(split.Parts[0]);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        new FileInfo(path).Length.ShouldBeGreaterThan(60_000_000);
        split.Parts[0].Size.ShouldBe(45_000_000);
        hash.ShouldBe(SHA256.HashData(new byte[45_000_000]));
        allocated.ShouldBeLessThan(1_000_000);
    }

    private static byte[] Hash(MimeSplitPart part)
    {
        using var body = part.Open();
        return SHA256.HashData(body);
    }

    private static byte[] Bytes(MimeSplitPart part)
    {
        using var body = part.Open();
        using var bytes = new MemoryStream();
        body.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static MimeDraft Draft() => new()
    {
        From = new Mailbox("", "a@x.example"),
        To = [new Mailbox("", "b@x.example")],
        Subject = "Files",
        Date = DateTimeOffset.UnixEpoch,
        MessageId = "<m@x.example>",
        TextBody = "See the files.",
    };

    private static MimeAttachment File(string name, int size) => File(name, "application/octet-stream", Random(size));

    private static MimeAttachment File(string name, string type, byte[] bytes) => new() { Filename = name, MediaType = type, Open = () => new MemoryStream(bytes) };

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static string Filler(int length) => string.Concat(Enumerable.Repeat("0123456789", length / 10));

    private static byte[] Mixed(string first, string rest) =>
        Encoding.UTF8.GetBytes($"From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{first}{rest}");

    private static async Task<byte[]> WriteAsync(MimeDraft draft)
    {
        using var written = new MemoryStream();
        await MimeWriter.WriteAsync(draft, written, new MimeWriteOptions { IncludeBcc = true }, CancellationToken.None);
        return written.ToArray();
    }

    private MimeSplit Split(byte[] mail, int maxSkeleton = MimeSplit.MaxSkeleton)
    {
        var path = directory.File("mail.eml");
        System.IO.File.WriteAllBytes(path, mail);
        return MimeSplit.Read(path, maxSkeleton);
    }
}
