using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class MimeParserTests
{
    private const string Nested = """
        From: a@example.org
        Content-Type: multipart/mixed; boundary=outer

        preamble
        --outer
        Content-Type: multipart/alternative; boundary=inner

        --inner

        plain
        --inner
        Content-Type: text/html

        <p>html</p>
        --inner--
        --outer
        Content-Type: message/rfc822

        Subject: inside
        Content-Type: multipart/mixed; boundary=deep

        --deep

        deep text
        --deep
        Content-Type: image/png; name=a.png

        x
        --deep--
        --outer
        Content-Type: application/pdf
        Content-Disposition: attachment; filename="b.pdf"

        %PDF
        --outer--
        epilogue
        """;

    [Theory]
    [InlineData("enriched", "<bold>Offer</bold> <color><param>red</param>230 EUR</color>, 5 << 6", "Offer 230 EUR, 5 < 6")]
    [InlineData("richtext", "<Bold>Offer</Bold><nl>230 EUR, 5 <lt> 6<comment>x</comment>", "Offer\n230 EUR, 5 < 6")]
    [InlineData("x-markdown", "*Offer* <b>", "*Offer* <b>")]
    public void Text_of_another_kind_is_read_without_its_commands(string subtype, string body, string text) =>
        Mail.Parse($"Content-Type: text/{subtype}\n\n{body}").TextBody.ShouldBe(text);

    [Fact]
    public void Parts_are_numbered_like_imap_sections()
    {
        var message = Mail.Parse(Nested);

        message.Root.Section.ShouldBe("");
        message.Leaves.Select(leaf => $"{leaf.Section} {leaf.ContentType}").ShouldBe(["1.1 text/plain", "1.2 text/html", "2 message/rfc822", "3 application/pdf"]);
        message.Leaves[2].Embedded!.Root.Section.ShouldBe("2");
        message.Leaves[2].Embedded!.Leaves.Select(leaf => leaf.Section).ShouldBe(["2.1", "2.2"]);
        message.Defects.ShouldBeEmpty();
    }

    [Fact]
    public void Shown_bodies_and_attachments_are_told_apart()
    {
        var message = Mail.Parse(Nested);

        message.TextBody.ShouldBe("plain");
        message.HtmlBody.ShouldBe("<p>html</p>");
        message.Attachments.Select(each => each.Filename).ShouldBe([null, "b.pdf"]);
        message.Leaves.Select(leaf => leaf.IsAttachment).ShouldBe([false, false, true, true]);
    }

    [Fact]
    public void Raw_slices_are_the_bytes_of_the_message()
    {
        var message = Mail.Parse(Nested);

        Mail.Text(message.Leaves[1].RawHeader).ShouldBe("Content-Type: text/html\r\n\r\n");
        Mail.Text(message.Leaves[1].RawBody).ShouldBe("<p>html</p>");
        Mail.Text(message.Leaves[1].Raw).ShouldBe("Content-Type: text/html\r\n\r\n<p>html</p>");
        Mail.Text(message.Root.Raw).ShouldBe(Nested.ReplaceLineEndings("\r\n"));
        message.Leaves[2].BodyLines.ShouldBe(10);
    }

    [Fact]
    public void Single_part_is_section_one_of_its_message()
    {
        var message = Mail.Parse("Subject: x\n\nline\n");

        message.Root.Section.ShouldBe("1");
        message.TextBody.ShouldBe("line\n");
        message.Attachments.ShouldBeEmpty();
    }

    [Fact]
    public void Embedded_single_part_is_section_one_below()
    {
        var message = Mail.Parse("Content-Type: message/rfc822\n\nSubject: x\n\nline\n");

        message.Root.Embedded!.Root.Section.ShouldBe("1.1");
        message.Root.Embedded.TextBody.ShouldBe("line\n");
    }

    [Theory]
    [InlineData("From someone Mon Jan 1\nSubject: x\n\nbody")]
    [InlineData(">From someone Mon Jan 1\nSubject: x\n\nbody")]
    [InlineData("\uFEFFSubject: x\n\nbody")]
    [InlineData("Subject : x\n\nbody")]
    [InlineData(" stray continuation\nSubject: x\n\nbody")]
    [InlineData("broken by a gateway\nSubject: x\n\nbody")]
    public void Damaged_start_of_a_message_is_passed_over(string text)
    {
        var message = Mail.Parse(text);

        message.Headers.Subject.ShouldBe("x");
        message.TextBody.ShouldBe("body");
    }

    [Fact]
    public void Body_without_a_blank_line_is_shown()
    {
        var message = Mail.Parse("Subject: x\nDear Bob,\nhow are you?\n\nYours");

        message.TextBody.ShouldBe("Dear Bob,\nhow are you?\n\nYours");
        message.Defects.ShouldBe(["The header block is not followed by a blank line."]);
    }

    [Fact]
    public void Boundary_that_begins_with_another_is_not_mistaken_for_it()
    {
        var message = Mail.Parse("""
            Content-Type: multipart/mixed; boundary="a"

            --a
            Content-Type: multipart/mixed; boundary="ab"

            --ab

            one
            --ab--
            --a

            two
            --a--
            """);

        message.Leaves.Select(leaf => Mail.Text(leaf.RawBody)).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void Outer_boundary_ends_an_unclosed_inner_multipart()
    {
        var message = Mail.Parse("""
            Content-Type: multipart/mixed; boundary=o

            --o
            Content-Type: multipart/mixed; boundary=i

            --i

            one
            --o

            two
            --o--
            """);

        message.Leaves.Select(leaf => $"{leaf.Section} {Mail.Text(leaf.RawBody)}").ShouldBe(["1.1 one", "2 two"]);
        message.Defects.ShouldBe(["A multipart is not closed."]);
    }

    [Fact]
    public void Part_without_blank_line_ends_at_the_boundary()
    {
        var message = Mail.Parse("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--\n");

        message.Leaves.Select(leaf => Mail.Text(leaf.RawBody)).ShouldBe(["", "two"]);
        message.TextBody.ShouldBe("two");
    }

    [Fact]
    public void Parts_of_a_digest_are_messages()
    {
        var message = Mail.Parse("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b--\n");

        message.Leaves[0].Embedded!.Headers.Subject.ShouldBe("one");
    }

    [Fact]
    public void Multipart_without_parts_shows_its_body()
    {
        var message = Mail.Parse("Content-Type: multipart/mixed; boundary=never\n\nall there is\n");

        message.TextBody.ShouldBe("all there is\n");
        message.Attachments.ShouldBeEmpty();
        message.Defects.ShouldBe(["A multipart is not closed."]);
    }

    [Fact]
    public void Embedded_message_in_base64_is_read()
    {
        var message = Mail.Parse($"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String("Subject: hidden\n\nx"u8)}");

        message.Root.Embedded!.Headers.Subject.ShouldBe("hidden");
    }

    [Fact]
    public void Format_flowed_is_undone_in_shown_text_only()
    {
        var message = Mail.Parse("Content-Type: text/plain; format=flowed; delsp=yes\n\n你 \n好\n> a \n> b\n");

        message.TextBody.ShouldBe("你好\n> ab\n");
        message.Root.DecodeText().ShouldBe("你 \r\n好\r\n> a \r\n> b\r\n");
    }

    [Fact]
    public void Footer_beside_html_is_escaped_into_it()
    {
        var message = Mail.Parse("""
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html

            <p>body</p>
            --b

            a < b
            --b--
            """);

        message.HtmlBody.ShouldBe("<p>body</p>\n<pre style=\"white-space: pre-wrap; font: inherit; margin: 0\">\na &lt; b</pre>");
        message.TextBody.ShouldBe("a < b");
    }

    [Fact]
    public void Body_is_read_as_a_stream()
    {
        var part = Mail.Parse("Content-Transfer-Encoding: base64\n\naGVs\nbG8=\n").Root;

        using var reader = new StreamReader(part.OpenBody());

        reader.ReadToEnd().ShouldBe("hello");
    }

    [Fact]
    public void File_name_has_no_controls()
    {
        var part = Mail.Parse("Content-Disposition: attachment; filename*=utf-8''a%0D%0A%00b%07.txt\n\nx").Root;

        part.Filename.ShouldBe("ab.txt");
        part.IsAttachment.ShouldBeTrue();
    }

    [Fact]
    public void Signed_part_keeps_its_bytes()
    {
        var message = Mail.Parse("""
            Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b

            --b
            Content-Type: text/plain

            signed  \t
            text

            --b
            Content-Type: application/pgp-signature; name=signature.asc

            x
            --b--
            """.Replace("\\t", "\t", StringComparison.Ordinal));

        Mail.Text(message.Root.Children[0].Raw).ShouldBe("Content-Type: text/plain\r\n\r\nsigned  \t\r\ntext\r\n");
        message.Attachments.Select(each => each.ContentType.MediaType).ShouldBe(["application/pgp-signature"]);
    }

    [Fact]
    public void Empty_input_is_an_empty_message()
    {
        var message = MimeParser.Parse(default);

        message.Headers.Fields.ShouldBeEmpty();
        message.TextBody.ShouldBe("");
        message.Root.Raw.Length.ShouldBe(0);
    }

    [Fact]
    public void Header_block_alone_is_parsed()
    {
        var headers = MimeParser.ParseHeaders("Subject: one\r\nX: a\r\nX: b\r\n\r\n"u8.ToArray());

        headers.Subject.ShouldBe("one");
        headers.GetAll("x").ShouldBe(["a", "b"]);
        Encoding.ASCII.GetString(headers.Raw.Span).ShouldBe("Subject: one\r\nX: a\r\nX: b\r\n\r\n");
    }
}
