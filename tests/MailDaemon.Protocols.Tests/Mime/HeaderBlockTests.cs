using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class HeaderBlockTests
{
    [Theory]
    [InlineData("a@example.org", "<a@example.org>")]
    [InlineData("Joe Q. Public <john.q.public@example.com>", "Joe Q. Public<john.q.public@example.com>")]
    [InlineData("\"Doe, John\" <j@example.org>, b@example.org", "Doe, John<j@example.org> <b@example.org>")]
    [InlineData("Group: a@x, B <b@y>;, c@z", "<a@x> B<b@y> <c@z>")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("a@x; b@y", "<a@x> <b@y>")]
    [InlineData("john@example.org (John (the) Doe)", "John (the) Doe<john@example.org>")]
    [InlineData("=?utf-8?B?5byg5LiJ?= <z@example.org>", "张三<z@example.org>")]
    [InlineData("\"=?utf-8?B?5byg5LiJ?=\" <z@example.org>", "张三<z@example.org>")]
    [InlineData("=?utf-8?Q?Doe=2C_John?= <j@example.org>", "Doe, John<j@example.org>")]
    [InlineData("张三 <z@例え.jp>", "张三<z@例え.jp>")]
    [InlineData("<@a.example,@b.example:c@example.org>", "<c@example.org>")]
    [InlineData("\"quo\\\"ted\" <\"odd local\"@example.org>", "quo\"ted<\"odd local\"@example.org>")]
    [InlineData("Name name@example.org", "Name<name@example.org>")]
    [InlineData("A <a@x> B <b@y>", "A<a@x> B<b@y>")]
    [InlineData("Open <a@x, b@y", "Open<a@x> <b@y>")]
    [InlineData("a @ example . org", "<a@example.org>")]
    [InlineData("Hansen, Bob <bob@example.test>", "Hansen, Bob<bob@example.test>")]
    [InlineData("Hansen, Bob <b@x>, Müller, Dr. Anna <a@y>, c@z", "Hansen, Bob<b@x> Müller, Dr. Anna<a@y> <c@z>")]
    [InlineData("=?utf-8?Q?M=C3=BCller?=, Anna <a@y>", "Müller, Anna<a@y>")]
    [InlineData("Hansen, Bob bob@example.test", "Hansen, Bob<bob@example.test>")]
    [InlineData("Verteiler, alice@example.test", "Verteiler<> <alice@example.test>")]
    [InlineData("alice@example.test, Verteiler Nord, \"Team\"", "<alice@example.test> Verteiler Nord<> Team<>")]
    [InlineData("Verteiler, <alice@example.test>", "Verteiler<> <alice@example.test>")]
    [InlineData("Verteiler; Alice <alice@example.test>", "Verteiler<> Alice<alice@example.test>")]
    [InlineData("Team: Verteiler, a@x;, b@y", "Verteiler<> <a@x> <b@y>")]
    [InlineData("root", "<root>")]
    [InlineData("nsb (Nathaniel), braun (David)", "Nathaniel<nsb> David<braun>")]
    [InlineData("Bob <bob>", "Bob<bob>")]
    [InlineData(",,; ,", "")]
    [InlineData("<>", "")]
    public void Addresses_are_read(string value, string expected)
    {
        string.Join(' ', Headers($"To: {value}").To.Select(each => $"{each.Name}<{each.Address}>")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00")]
    [InlineData("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00")]
    [InlineData("Thu, 13 Feb 1969 23:32 -0330 (Newfoundland Time)", "1969-02-13T23:32:00-03:30")]
    [InlineData("Mon, 1 Jan 2024 00:00:60 +0800", "2024-01-01T00:00:59+08:00")]
    [InlineData("Tue, 6 Feb 2024 12:00:00 EST", "2024-02-06T12:00:00-05:00")]
    [InlineData("Tue, 6 Feb 2024 12:00:00", "2024-02-06T12:00:00+00:00")]
    [InlineData("Mon Jan 05 2026 10:00:00 GMT+0800 (China Standard Time)", "2026-01-05T10:00:00+08:00")]
    [InlineData("Mon, 5 Jan 2026 10:00:00 GMT +0800", "2026-01-05T10:00:00+08:00")]
    [InlineData("Mon, 5 Jan 2026 10:00:00 UTC+8", "2026-01-05T10:00:00+08:00")]
    [InlineData("Mon, 5 Jan 2026 10:00:00 +08:00", "2026-01-05T10:00:00+08:00")]
    [InlineData("Mon, 5 Jan 2026 10:00:00 -0330 NST", "2026-01-05T10:00:00-03:30")]
    [InlineData("Mon, 5 Jan 2026 10:00:00 CST", "2026-01-05T10:00:00-06:00")]
    [InlineData("Mon, 5 Jan 2026 10:00:00 CEST", "2026-01-05T10:00:00+02:00")]
    [InlineData("Mo, 5 Jan 2026 10:00:00 +0100", "2026-01-05T10:00:00+01:00")]
    [InlineData("Monday, January 5, 2026 at 3:04 PM GMT+8", "2026-01-05T15:04:00+08:00")]
    [InlineData("Mon, 5 Jan 2026 12:30:00 AM +0000", "2026-01-05T00:30:00+00:00")]
    [InlineData("2026/01/05 10:00:00", "2026-01-05T10:00:00+00:00")]
    [InlineData("2026/01/05 10:00:00 +0800", "2026-01-05T10:00:00+08:00")]
    [InlineData("2026-01-05T10:00:00.123Z", "2026-01-05T10:00:00+00:00")]
    [InlineData("2026-01-05 10:00:00,123 +0100", "2026-01-05T10:00:00+01:00")]
    [InlineData("20260105T100000Z", "2026-01-05T10:00:00+00:00")]
    [InlineData("31/12/2026 10:00:00 +0000", "2026-12-31T10:00:00+00:00")]
    [InlineData("12/31/2026 10:00:00 +0000", "2026-12-31T10:00:00+00:00")]
    [InlineData("Mon, 05/01/2026 10:00:00 +0000", "2026-01-05T10:00:00+00:00")]
    [InlineData("05.01.2026 10:00:00 +0000", "2026-01-05T10:00:00+00:00")]
    [InlineData("Monday, 05-Jan-26 10:00:00 GMT", "2026-01-05T10:00:00+00:00")]
    [InlineData("Mon, 5 Jan 126 10:00:00 +0000", "2026-01-05T10:00:00+00:00")]
    [InlineData("05/01/2026 10:00:00 +0000", null)]
    [InlineData("01/05/26 10:00:00 +0000", null)]
    [InlineData("Mon Jan 05 10:00:00 CST 2026", null)]
    [InlineData("Mon, 5 Jan 2026 10:00:00 IST", null)]
    [InlineData("Mon, 5 Jan 2026 10:00:00 +9999", null)]
    [InlineData("Mon, 5 Jan 2026 25:00:00 +0000", null)]
    [InlineData("Mon, 5 Jan 2026 10:61:00 +0000", null)]
    [InlineData("Mon, 5 Jan 2026 +0000", null)]
    [InlineData("Mon, 5 Dez 2026 10:00:00 +0000", null)]
    [InlineData("Mon, 5 Jan 2026 10.00 Uhr", null)]
    [InlineData("Tue, 06-Feb-2024 12:00:00 +0100", "2024-02-06T12:00:00+01:00")]
    [InlineData("Feb 6 12:00:00 2024", "2024-02-06T12:00:00+00:00")]
    [InlineData("2024-02-06T12:00:00+01:00", "2024-02-06T12:00:00+01:00")]
    [InlineData("31 Feb 2024 00:00:00 +0000", null)]
    [InlineData("yesterday", null)]
    [InlineData("", null)]
    public void Date_is_read(string value, string? expected)
    {
        Headers($"Date: {value}").Date?.ToString("yyyy-MM-dd'T'HH:mm:sszzz").ShouldBe(expected);
        (Headers($"Date: {value}").Date is null).ShouldBe(expected is null);
    }

    [Theory]
    [InlineData("Mon, 5 Jan 2026 10:00:00 +0800", null)]
    [InlineData("Mon, 5 Jan 2026 10:00:00 nowhere", "The Date field cannot be read.")]
    [InlineData("2026/01/05 10:00:00", "The Date field names no time zone; it was read as UTC.")]
    public void Doubtful_date_is_a_defect(string value, string? defect) => Headers($"Date: {value}").Defects.ShouldBe(defect is null ? [] : [defect]);

    [Theory]
    [InlineData("=?iso-8859-1?Q?Fr", "F6", "sche?=", "Frösche")]
    [InlineData("=?iso-8859-1?Q?Fr", "C3B6", "sche?=", "Frösche")]
    [InlineData("=?iso-8859-1?Q?Fr=F6sche_und_Kr", "C3B6", "ten?=", "Frösche und Kröten")]
    [InlineData("=?utf-8?Q?Fr", "F6", "sche?=", "Frösche")]
    [InlineData("=?gb2312?Q?An_", "C4E3BAC3A3ACCED2B5C4", "?=", "An 你好，我的")]
    [InlineData("=?windows-1251?Q?", "CFF0E8E2E5F2", "?= =?windows-1251?Q?=21?=", "Привет!")]
    public void Raw_bytes_inside_an_encoded_word_are_read(string before, string raw, string after, string expected)
    {
        byte[] subject = [.. "Subject: "u8, .. System.Text.Encoding.ASCII.GetBytes(before), .. Convert.FromHexString(raw), .. System.Text.Encoding.ASCII.GetBytes(after), .. "\r\n\r\n"u8];
        byte[] from = [.. "From: "u8, .. subject[9..^4], .. " <a@example.test>\r\n\r\n"u8];

        MimeParser.ParseHeaders(subject).Subject.ShouldBe(expected);
        MimeParser.ParseHeaders(from).From.ShouldHaveSingleItem().ShouldBe(new Mailbox(expected, "a@example.test"));
    }

    [Theory]
    [InlineData("multipart/mixed; boundary*=us-ascii''b%20b", "b b")]
    [InlineData("multipart/mixed; boundary*=\"bb\"", "bb")]
    [InlineData("multipart/mixed; boundary*0=\"b\"; boundary*1=\"b\"", "bb")]
    [InlineData("multipart/mixed; ; boundary=bb", "bb")]
    [InlineData("multipart/mixed;; =; charset=; boundary=\"bb\"", "bb")]
    [InlineData("multipart/mixed; charset= boundary=bb", "bb")]
    [InlineData("multipart/mixed; charset=\"\" boundary=bb", "bb")]
    public void Boundary_is_read(string value, string boundary) => Headers($"Content-Type: {value}").ContentType.Boundary.ShouldBe(boundary);

    [Theory]
    [InlineData("filename=\"a b.txt\"", "a b.txt")]
    [InlineData("filename=a b.txt", "a b.txt")]
    [InlineData("filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf", "报价.pdf")]
    [InlineData("filename*=gb2312'zh'%B1%A8%BC%DB.pdf", "报价.pdf")]
    [InlineData("filename*1*=%BB%B7.pdf; filename*0*=utf-8''%E6%8A%A5%E4", "报价.pdf")]
    [InlineData("filename*0=\"plain \"; filename*1=\"parts.txt\"", "plain parts.txt")]
    [InlineData("filename*0*=utf-8''%E6%8A%A5; filename*1=\"-%41.txt\"", "报-%41.txt")]
    [InlineData("filename=\"=?utf-8?B?5oql5Lu3LnBkZg==?=\"", "报价.pdf")]
    [InlineData("filename=\"=?gb2312?B?sai82w==?=\r\n =?gb2312?B?LnBkZg==?=\"", "报价.pdf")]
    [InlineData("filename==?utf-8?B?5oql5Lu3LnBkZg==?=", "报价.pdf")]
    [InlineData("filename*0=\"=?utf-8?B?5oql\"; filename*1=\"5Lu3LnBkZg==?=\"", "报价.pdf")]
    [InlineData("filename=\"raw 报价.pdf\"", "raw 报价.pdf")]
    [InlineData("filename=\"ascii.pdf\"; filename*=utf-8''%E6%8A%A5.pdf", "报.pdf")]
    [InlineData("filename=\"C:\\temp\\a.txt\"", "C:\\temp\\a.txt")]
    [InlineData("filename=\"quo\\\"te.txt\"", "quo\"te.txt")]
    [InlineData("filename=\"open.txt", "open.txt")]
    [InlineData("filename=first.txt; filename=second.txt", "first.txt")]
    [InlineData("filename=\"\"", null)]
    [InlineData("x=y", null)]
    public void File_name_is_read(string parameters, string? expected)
    {
        Headers($"Content-Disposition: attachment; {parameters}").Disposition!.Filename.ShouldBe(expected);
    }

    [Theory]
    [InlineData("text/html; charset=GB2312", "text/html", "GB2312")]
    [InlineData("TEXT/HTML;charset=\"utf-8\"; format=flowed", "text/html", "utf-8")]
    [InlineData("text/plain charset=utf-8", "text/plain", "utf-8")]
    [InlineData("text/plain; charset=utf-8 format=flowed", "text/plain", "utf-8")]
    [InlineData("text/plain (a comment); charset=utf-8 (more)", "text/plain", "utf-8")]
    [InlineData("text", "text/plain", null)]
    [InlineData("charset=utf-8", "text/plain", "utf-8")]
    [InlineData("multipart / mixed; charset=x", "multipart/mixed", "x")]
    [InlineData("multipart", "multipart/mixed", null)]
    [InlineData("nonsense here", "text/plain", null)]
    [InlineData("", "text/plain", null)]
    public void Content_type_is_read(string value, string mediaType, string? charset)
    {
        var type = Headers($"Content-Type: {value}").ContentType;

        type.MediaType.ShouldBe(mediaType);
        type.Charset.ShouldBe(charset);
    }

    [Fact]
    public void Identifiers_have_their_brackets()
    {
        var headers = Headers("Message-ID: bare@example.org\r\nIn-Reply-To: Your message <you@host> of \"Tue\" <id@host>\r\nReferences: <a@b>\r\n\t<c@d> junk <e@f>\r\nContent-ID: <cid@x>");

        headers.MessageId.ShouldBe("<bare@example.org>");
        headers.InReplyTo.ShouldBe("<id@host>");
        headers.References.ShouldBe(["<a@b>", "<c@d>", "<e@f>"]);
        headers.ContentId.ShouldBe("cid@x");
    }

    [Fact]
    public void Missing_fields_have_their_defaults()
    {
        var headers = Headers("X: y");

        headers.Subject.ShouldBeNull();
        headers.Date.ShouldBeNull();
        headers.MessageId.ShouldBeNull();
        headers.From.ShouldBeEmpty();
        headers.Disposition.ShouldBeNull();
        headers.ContentType.MediaType.ShouldBe("text/plain");
        headers.TransferEncoding.ShouldBe("7bit");
    }

    [Fact]
    public void Raw_eight_bit_subject_is_read_by_the_charset_of_the_body()
    {
        byte[] raw = [.. "Subject: "u8, 0xA4, 0xA4, .. "\r\nContent-Type: text/plain; charset=big5\r\n\r\n"u8];

        MimeParser.ParseHeaders(raw).Subject.ShouldBe("中");
    }

    [Fact]
    public void Raw_gbk_subject_without_a_charset_is_guessed()
    {
        byte[] raw = [.. "Subject: "u8, 0xC4, 0xE3, 0xBA, 0xC3, 0xA3, 0xAC, 0xCE, 0xD2, 0xB5, 0xC4, .. "\r\n\r\n"u8];

        MimeParser.ParseHeaders(raw).Subject.ShouldBe("你好，我的");
    }

    [Fact]
    public void Names_are_found_in_any_case_and_order_is_kept()
    {
        var headers = Headers("X-A: 1\r\nx-a: 2\r\nSUBJECT: s");

        headers.GetAll("X-a").ShouldBe(["1", "2"]);
        headers.Get("subject").ShouldBe("s");
        headers.Fields.Select(each => each.Name).ShouldBe(["X-A", "x-a", "SUBJECT"]);
        Mail.Text(headers.Fields[0].Raw).ShouldBe("X-A: 1\r\n");
    }

    private static HeaderBlock Headers(string text) => MimeParser.ParseHeaders(System.Text.Encoding.UTF8.GetBytes(text + "\r\n\r\n"));
}
