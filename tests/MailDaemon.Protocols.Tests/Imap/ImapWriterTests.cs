using System.Text;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapWriterTests
{
    [Theory]
    [InlineData("abc", ImapTextForm.Atom)]
    [InlineData("a b", ImapTextForm.Quoted)]
    [InlineData("", ImapTextForm.Quoted)]
    [InlineData("nil", ImapTextForm.Quoted)]
    [InlineData("a(b", ImapTextForm.Quoted)]
    [InlineData("a]b", ImapTextForm.Quoted)]
    [InlineData("a*", ImapTextForm.Quoted)]
    [InlineData("a{3}", ImapTextForm.Quoted)]
    [InlineData("a\"b", ImapTextForm.Literal)]
    [InlineData("a\\b", ImapTextForm.Literal)]
    [InlineData("中", ImapTextForm.Literal)]
    [InlineData("a\tb", ImapTextForm.Literal)]
    public void Form_fits_the_text(string text, ImapTextForm expected) => ImapQuoting.FormOf(text).ShouldBe(expected);

    [Fact]
    public void Utf8_is_quoted_once_it_is_allowed() => ImapQuoting.FormOf("中 文", allowUtf8: true).ShouldBe(ImapTextForm.Quoted);

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void Line_ends_and_nul_are_refused(string text)
    {
        Should.Throw<ArgumentException>(() => Write(LiteralMode.All, w => w.Text(text)));
        Should.Throw<ArgumentException>(() => Write(LiteralMode.All, w => w.Secret(text)));
        Should.Throw<ArgumentException>(() => Write(LiteralMode.All, w => w.Flags([text])));
        Should.Throw<ArgumentException>(() => SearchQuery.Subject(text).Write(new ImapWriter("SEARCH", default)));
        Should.Throw<ArgumentException>(() => new MailboxNames().Write(new ImapWriter("SELECT", default), text, isUtf8: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\\")]
    [InlineData("a b")]
    [InlineData("\\Seen)")]
    [InlineData("é")]
    public void What_is_no_flag_is_refused(string flag) => Should.Throw<ArgumentException>(() => ImapQuoting.RequireFlag(flag, "flag"));

    [Fact]
    public void Synchronising_literal_ends_a_piece()
    {
        var pieces = Write(LiteralMode.Synchronising, w => w.Text("中").Text("x"));

        pieces.ShouldBe(["LOGIN {3}\r\n", "\u00e4\u00b8\u00ad x\r\n"]);
    }

    [Theory]
    [InlineData(LiteralMode.All, 5000, 1)]
    [InlineData(LiteralMode.Small, 5000, 2)]
    [InlineData(LiteralMode.Small, 4096, 1)]
    [InlineData(LiteralMode.Synchronising, 1, 2)]
    public void Literal_waits_where_it_must(object mode, int length, int pieces) =>
        Write((LiteralMode)mode, w => w.Text("\"" + new string('x', length - 1))).Count.ShouldBe(pieces);

    [Fact]
    public void Secret_is_left_out_of_the_trace()
    {
        var trace = string.Concat(new ImapWriter("LOGIN", new WriterStyle(LiteralMode.All, false)).Text("u").Secret("pa\"ss").Finish().Select(p => p.Trace));

        trace.ShouldBe("LOGIN u {5+}***");
    }

    [Fact]
    public void Search_is_written_without_outer_parentheses()
    {
        var query = SearchQuery.And(
            SearchQuery.Since(new DateOnly(2024, 2, 3)),
            SearchQuery.Or(SearchQuery.From("a b"), SearchQuery.And(SearchQuery.Unseen, SearchQuery.Header("X-Y", "")), SearchQuery.Deleted),
            SearchQuery.Not(SearchQuery.Uids(UidSet.Parse("1:3,7"))));

        Write(LiteralMode.All, w => { query.WriteAll(w); return w; }).ShouldBe(
            ["LOGIN SINCE 3-Feb-2024 OR FROM \"a b\" OR (UNSEEN HEADER \"X-Y\" \"\") DELETED NOT UID 1:3,7\r\n"]);
    }

    [Fact]
    public void Query_for_no_uid_matches_nothing() =>
        Write(LiteralMode.All, w => { SearchQuery.Uids(UidSet.Empty).WriteAll(w); return w; }).ShouldBe(["LOGIN NOT ALL\r\n"]);

    private static List<string> Write(object mode, Func<ImapWriter, ImapWriter> write) =>
        [.. write(new ImapWriter("LOGIN", new WriterStyle((LiteralMode)mode, false))).Finish().Select(p => Encoding.Latin1.GetString(p.Bytes.Span))];
}
