using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Tests.Imap;

public class FetchParserTests
{
    [Fact]
    public async Task Reply_of_the_RFC_is_read_whole()
    {
        var message = await ReadAsync(
            "* 12 FETCH (FLAGS (\\Seen $Label) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 UID 77 MODSEQ (12121230956) "
            + "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
            + "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
            + "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
            + "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \"<B27397-0100000@cac.washington.edu>\") "
            + "BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))\r\n");

        message.Defect.ShouldBeNull();
        message.SequenceNumber.ShouldBe(12u);
        message.Uid.ShouldBe(77u);
        message.Flags.ShouldBe(["\\Seen", "$Label"]);
        message.InternalDate.ShouldBe(new DateTimeOffset(1996, 7, 17, 2, 44, 25, TimeSpan.FromHours(-7)));
        message.Size.ShouldBe(4286);
        message.ModSeq.ShouldBe(12121230956ul);
        message.Envelope!.Subject.ShouldBe("IMAP4rev1 WG mtg summary and minutes");
        message.Envelope.Cc.ShouldBe([new EnvelopeAddress(null, "minutes", "CNRI.Reston.VA.US"), new EnvelopeAddress("John Klensin", "KLENSIN", "MIT.EDU")]);
        message.Envelope.InReplyTo.ShouldBeNull();
        message.Envelope.MessageId.ShouldBe("<B27397-0100000@cac.washington.edu>");
        message.BodyStructure!.Section.ShouldBe("1");
        message.BodyStructure.MediaType.ShouldBe("text/plain");
        message.BodyStructure.Lines.ShouldBe(92);
    }

    [Fact]
    public async Task Header_that_is_NIL_is_none()
    {
        var message = await ReadAsync("* 1 FETCH (UID 5 RFC822.SIZE 0 BODY[HEADER] NIL BODY[1] NIL)\r\n");

        message.Defect.ShouldBeNull();
        message.Sections.Keys.ShouldBe(["1"]);
    }

    [Fact]
    public async Task Sections_come_as_literals_strings_and_NIL()
    {
        var message = await ReadAsync("* 1 FETCH (UID 5 BODY[HEADER.FIELDS (\"From\" to)] {6}\r\na)\r\nb( BODY[1]<0> \"x\\\"y\" BINARY[2] ~{3}\r\n\0\r\n BODY[3] NIL BODY[TEXT] \"\")\r\n");

        message.Defect.ShouldBeNull();
        message.Sections.ToDictionary(s => s.Key, s => Encoding.Latin1.GetString(s.Value.Span)).ShouldBe(
            new Dictionary<string, string> { ["HEADER.FIELDS (FROM TO)"] = "a)\r\nb(", ["1"] = "x\"y", ["2"] = "\0\r\n", ["3"] = "", ["TEXT"] = "" },
            ignoreOrder: true);
    }

    [Fact]
    public async Task Gmail_and_object_ids_are_read()
    {
        var message = await ReadAsync(
            "* 1 FETCH (X-GM-THRID 1592225494819146101 X-GM-MSGID 1592225494819146102 X-GM-LABELS (\"Test Messages\" \"\\\\Important\" &XfJT0ZAB- NIL) UID 1 EMAILID (M6d99) THREADID NIL)\r\n");

        message.GmailThreadId.ShouldBe(1592225494819146101ul);
        message.GmailMessageId.ShouldBe(1592225494819146102ul);
        message.GmailLabels.ShouldBe(["Test Messages", "\\Important", "已发送"]);
        message.EmailId.ShouldBe("M6d99");
        message.ThreadId.ShouldBeNull();
    }

    [Fact]
    public async Task Broken_item_costs_itself_only()
    {
        var message = await ReadAsync("* 3 FETCH (UID 9 ENVELOPE (\"d\" (1 2) NIL) FLAGS (\\Seen) RFC822.SIZE 12)\r\n");

        message.Defect.ShouldNotBeNull().ShouldContain("ENVELOPE");
        message.Uid.ShouldBe(9u);
        message.Flags.ShouldBe(["\\Seen"]);
        message.Size.ShouldBe(12);
        message.Envelope.ShouldBeNull();
    }

    [Theory]
    [InlineData("* 3 FETCH (UID 9 ENVELOPE (\"d\r\n", 9u)]
    [InlineData("* 3 FETCH (ENVELOPE (\"d UID 10 \r\n", 10u)]
    [InlineData("* 3 FETCH (((\r\n", null)]
    [InlineData("* 3 FETCH\r\n", null)]
    public async Task Reply_without_an_end_keeps_its_uid_if_it_has_one(string text, uint? uid)
    {
        var message = await ReadAsync(text);

        message.Defect.ShouldNotBeNull();
        message.Uid.ShouldBe(uid);
    }

    [Fact]
    public async Task Unknown_items_are_passed_over()
    {
        var message = await ReadAsync("* 1 FETCH (X-FOO (a (\"b)\" {2}\r\n)) NIL)) PREVIEW \"p\" SAVEDATE \"19-Jul-2019 06:00:17 +0000\" UID 4)\r\n");

        message.Defect.ShouldBeNull();
        message.Uid.ShouldBe(4u);
    }

    [Fact]
    public async Task Literal_over_the_limit_is_left_out_and_named()
    {
        var reader = ImapTalk.Reader($"* 1 FETCH (UID 4 BODY[] {{100}}\r\n{new string('x', 100)} FLAGS (\\Seen))\r\n* 2 FETCH (UID 5)\r\n", new ImapLimits { MaxLiteralBytes = 99 });

        var first = FetchParser.Read(await reader.ReadAsync(default), new ImapLimits());
        var second = FetchParser.Read(await reader.ReadAsync(default), new ImapLimits());

        first.Uid.ShouldBe(4u);
        first.Flags.ShouldBe(["\\Seen"]);
        first.Sections.ShouldBeEmpty();
        first.Defect.ShouldNotBeNull().ShouldContain("left out");
        second.Uid.ShouldBe(5u);
    }

    [Fact]
    public async Task Eight_bit_text_is_kept_whatever_it_is()
    {
        var utf8 = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("中文"));
        var message = await ReadAsync($"* 1 FETCH (UID 1 ENVELOPE (NIL \"{utf8}\" ((\"\u00d6\u00d0\" NIL \"a\" \"b\")) NIL NIL NIL NIL NIL NIL NIL))\r\n");

        message.Envelope!.Subject.ShouldBe("中文");
        message.Envelope.From[0].Name.ShouldBe("\u00d6\u00d0");
    }

    [Fact]
    public async Task Kept_sections_do_not_change_with_the_next_reply()
    {
        var reader = ImapTalk.Reader("* 1 FETCH (UID 1 BODY[1] \"first\")\r\n* 1 FETCH (UID 1 BODY[1] {6}\r\nsecond)\r\n* 2 FETCH (UID 2 BODY[1] \"xxxxx\")\r\n");
        var messages = new List<FetchedMessage>();
        for (var i = 0; i < 3; i++)
        {
            messages.Add(FetchParser.Read(await reader.ReadAsync(default), new ImapLimits()));
        }

        messages.Select(m => Encoding.ASCII.GetString(m.Sections["1"].Span)).ShouldBe(["first", "second", "xxxxx"]);
    }

    [Theory]
    [InlineData("17-Jul-1996 02:44:25 -0700", "1996-07-17T02:44:25-07:00")]
    [InlineData(" 7-Jul-1996 02:44:25 +0530", "1996-07-07T02:44:25+05:30")]
    [InlineData("7-jul-1996 02:44:25 +0000", "1996-07-07T02:44:25+00:00")]
    [InlineData("", null)]
    [InlineData("not a date at all, not one", null)]
    [InlineData("31-Feb-2020 00:00:00 +0000", null)]
    public async Task Internal_date_is_read_or_null(string text, string? expected)
    {
        var message = await ReadAsync($"* 1 FETCH (INTERNALDATE \"{text}\" UID 3)\r\n");

        message.InternalDate.ShouldBe(expected is null ? null : DateTimeOffset.Parse(expected));
        message.Uid.ShouldBe(3u);
    }

    [Theory]
    [InlineData("(\\Seen foo(bar))", "\\Seen")]
    [InlineData("(foo(bar) \\Seen $Junk)", "\\Seen $Junk")]
    [InlineData("(\\Seen foo(bar baz) \\Flagged)", "\\Seen \\Flagged")]
    [InlineData("(\\Seen foo( \\Flagged)", "\\Seen \\Flagged")]
    [InlineData("(\\Seen foo) bar \\Flagged)", "\\Seen bar \\Flagged")]
    [InlineData("(\\Seen f{oo ok)", "\\Seen ok")]
    [InlineData("(\\Seen f\"oo ok)", "\\Seen ok")]
    public async Task Keyword_that_is_none_costs_itself_alone(string flags, string read)
    {
        foreach (var reply in new[] { $"* 5 FETCH (FLAGS {flags} UID 9 MODSEQ (7))\r\n", $"* 5 FETCH (UID 9 MODSEQ (7) FLAGS {flags})\r\n" })
        {
            var message = await ReadAsync(reply);

            (message.Uid, message.ModSeq, string.Join(' ', message.Flags!)).ShouldBe((9u, 7ul, read), reply);
            message.Defect.ShouldBeNull();
        }
    }

    private static async Task<FetchedMessage> ReadAsync(string text) => FetchParser.Read(await ImapTalk.ReplyAsync(text), new ImapLimits());
}
