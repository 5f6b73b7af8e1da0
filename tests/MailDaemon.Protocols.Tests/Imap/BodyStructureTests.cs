using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Tests.Imap;

public class BodyStructureTests
{
    [Fact]
    public async Task Sections_are_numbered_as_they_are_fetched()
    {
        var root = await ReadAsync(
            "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)"
            + "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"image\" \"png\" NIL NIL NIL \"base64\" 4) \"mixed\") 3)"
            + "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) 3)"
            + "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 1 1) \"alternative\") \"mixed\")");

        Sections(root).ShouldBe([
            " multipart/mixed", "1 text/plain", "2 message/rfc822", "2 multipart/mixed", "2.1 text/plain", "2.2 image/png",
            "3 message/rfc822", "3.1 text/plain", "4 multipart/alternative", "4.1 text/plain", "4.2 text/html"]);
        root.Children[1].Envelope!.Subject.ShouldBe("in");
    }

    [Fact]
    public async Task All_fields_of_a_part_are_read()
    {
        var part = await ReadAsync(
            "(\"Application\" \"PDF\" (\"name\" \"a b.pdf\" \"X\" \"y\") \"<id@x>\" \"what it is\" \"BASE64\" 1234 \"md5==\" (\"Attachment\" (\"FileName\" \"a.pdf\")) (\"de\" \"en\") \"http://x\" 1 (2))");

        part.MediaType.ShouldBe("application/pdf");
        part.Parameters["NAME"].ShouldBe("a b.pdf");
        part.Id.ShouldBe("<id@x>");
        part.Description.ShouldBe("what it is");
        part.Encoding.ShouldBe("base64");
        part.Size.ShouldBe(1234);
        part.Md5.ShouldBe("md5==");
        part.Disposition.ShouldBe("attachment");
        part.DispositionParameters["filename"].ShouldBe("a.pdf");
        part.Language.ShouldBe(["de", "en"]);
        part.Location.ShouldBe("http://x");
    }

    [Theory]
    [InlineData("(\"TEXT\" \"PLAIN\"  (\"CHARSET\" \"utf-8\")  NIL NIL \"7BIT\" 409 7 NIL NIL NIL)", " text/plain 409 7")] // double spaces
    [InlineData("(\"TEXT\" \"PLAIN\" (\"CHARSET\" NIL) NIL NIL \"7BIT\" 409 -1)", " text/plain 409 ")] // -1 lines, NIL value
    [InlineData("(\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 409 7)", " text/plain 409 7")] // NIL encoding
    [InlineData("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" NIL NIL)", " text/plain 0 ")] // NIL numbers
    [InlineData("(\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 3 1 NIL \"inline\" NIL)", " text/plain 3 1")] // () parameters, bare disposition
    [InlineData("(\"MESSAGE\" \"RFC822\" (\"NAME\" \"x.eml\") NIL NIL \"7BIT\" 1980088 NIL (\"ATTACHMENT\" (\"FILENAME\" \"x.eml\")) NIL)", " message/rfc822 1980088 ")] // sent as basic
    [InlineData("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 787 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) () 0 NIL NIL NIL)", " message/rfc822 787 0")] // empty body
    [InlineData("(\"APPLICATION\" \"PDF\" NIL NIL \"\"\"\" \"BASE64\" 77 NIL NIL NIL)", " application/pdf 77 ")] // qiye.163: """" as a description
    [InlineData("(\"APPLICATION\" \"PDF\" NIL NIL \"a \"b\" c\" \"BASE64\" 77 NIL NIL NIL)", " application/pdf 77 ")] // unescaped quotation marks
    [InlineData("(\"X-ZIP\" (\"BOUNDARY\" \"\") NIL NIL \"base64\" 4096)", " application/octet-stream 4096 ")] // subtype missing
    [InlineData("(\"MESSAGE\" NIL NIL NIL \"base64\" 356)", " application/octet-stream 356 ")] // subtype missing
    [InlineData("(\"MIXED\")", " multipart/mixed 0 ")] // parts missing
    [InlineData("(\"ALTERNATIVE\" (\"BOUNDARY\" \"x\") NIL NIL)", " multipart/alternative 0 ")] // Gmail
    [InlineData("(NIL NIL NIL NIL NIL \"7BIT\" 12)", " application/octet-stream 12 ")] // NIL media type
    public async Task Odd_part_is_still_a_part(string text, string expected)
    {
        var root = await ReadAsync($"({text}(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 5) \"MIXED\" (\"BOUNDARY\" \"b\") NIL)");

        var part = root.Children[0];
        $" {part.MediaType} {part.Size} {part.Lines}".ShouldBe(expected);
        root.Children[1].Section.ShouldBe("2");
        root.Children[1].MediaType.ShouldBe("image/png");
        root.MediaType.ShouldBe("multipart/mixed");
    }

    [Fact]
    public async Task Depth_over_the_limit_is_a_defect()
    {
        var text = string.Concat(Enumerable.Repeat("(", 100_000));

        var message = FetchParser.Read(await ImapTalk.ReplyAsync($"* 1 FETCH (UID 2 BODYSTRUCTURE {text}\r\n"), new ImapLimits());

        message.Uid.ShouldBe(2u);
        message.Defect.ShouldNotBeNull();
    }

    [Fact]
    public async Task Parts_over_the_limit_are_a_defect_and_the_rest_holds()
    {
        var parts = string.Concat(Enumerable.Repeat("(\"a\" \"b\" NIL NIL NIL \"7bit\" 1)", 1001));

        var message = FetchParser.Read(await ImapTalk.ReplyAsync($"* 1 FETCH (UID 2 BODYSTRUCTURE ({parts} \"mixed\") FLAGS (x))\r\n"), new ImapLimits { MaxParts = 10 });

        message.Defect.ShouldNotBeNull().ShouldContain("BODYSTRUCTURE");
        message.Flags.ShouldBe(["x"]);
    }

    private static async Task<BodyPart> ReadAsync(string text)
    {
        var message = FetchParser.Read(await ImapTalk.ReplyAsync($"* 1 FETCH (UID 1 BODYSTRUCTURE {text})\r\n"), new ImapLimits());
        message.Defect.ShouldBeNull();
        return message.BodyStructure!;
    }

    private static IEnumerable<string> Sections(BodyPart part) => part.Children.SelectMany(Sections).Prepend($"{part.Section} {part.MediaType}");
}
