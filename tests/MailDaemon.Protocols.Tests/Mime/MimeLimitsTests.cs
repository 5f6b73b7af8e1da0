using System.Globalization;
using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class MimeLimitsTests
{
    [Fact]
    public void Multiparts_deeper_than_the_limit_are_left_whole()
    {
        var message = MimeParser.Parse(NestedMultiparts(5000));

        message.Leaves.Count.ShouldBe(1);
        message.Leaves[0].Section.Split('.').Length.ShouldBe(64);
        message.Leaves[0].ContentType.MediaType.ShouldBe("multipart/mixed");
        message.Attachments.Count.ShouldBe(1);
        message.Defects.ShouldContain("Parts are nested more than 64 deep; the innermost were not taken apart.");
    }

    [Fact]
    public void Messages_in_messages_end_at_the_depth_limit()
    {
        var text = new StringBuilder().Insert(0, "Content-Type: message/rfc822\r\n\r\n", 500).ToString();
        var part = MimeParser.Parse(Encoding.ASCII.GetBytes(text)).Root;
        var depth = 0;
        while (part.Embedded is { } embedded)
        {
            part = embedded.Root;
            depth++;
        }

        depth.ShouldBe(64);
    }

    [Fact]
    public void Parts_beyond_the_limit_stay_in_the_last()
    {
        var text = new StringBuilder("Content-Type: multipart/mixed; boundary=b\n\n");
        for (var i = 1; i <= 3000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"--b\n\npart {i}\n");
        }

        var message = Mail.Parse(text.Append("--b--\n").ToString());

        message.Leaves.Count.ShouldBe(999);
        Mail.Text(message.Leaves[^1].RawBody).ShouldStartWith("part 999\r\n--b\r\n\r\npart 1000");
        Mail.Text(message.Leaves[^1].RawBody).ShouldEndWith("part 3000");
        message.Defects.ShouldBe(["The message has more than 1000 parts; the rest were left in the last one."]);
    }

    [Fact]
    public void Field_longer_than_the_limit_is_cut()
    {
        var message = Mail.Parse($"Subject: {new string('x', 300_000)}\nTo: a@example.org\n\nbody");

        message.Headers.Subject!.Length.ShouldBe((64 * 1024) - "Subject: ".Length);
        message.Headers.To[0].Address.ShouldBe("a@example.org");
        message.TextBody.ShouldBe("body");
        message.Defects.ShouldBe(["A header field has more than 65536 bytes and was cut."]);
    }

    [Fact]
    public void Fields_beyond_the_block_limit_are_passed_over_and_the_body_is_found()
    {
        var text = new StringBuilder("Subject: first\n");
        for (var i = 0; i < 10_000; i++)
        {
            text.Append("X-Filler: ").Append('x', 60).Append('\n');
        }

        var message = Mail.Parse(text.Append("To: late@example.org\n\nbody").ToString());

        message.Headers.Subject.ShouldBe("first");
        message.Headers.To.ShouldBeEmpty();
        message.TextBody.ShouldBe("body");
        message.Defects.ShouldBe(["The header block has more than 262144 bytes; fields beyond were passed over."]);
    }

    [Fact]
    public void Fields_of_all_parts_together_have_a_limit()
    {
        var part = "--b\n" + string.Concat(Enumerable.Repeat("a:\n", 1000)) + "\nx\n";
        var message = Mail.Parse("Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat(part, 50)) + "--b--\n");

        message.Leaves.Count.ShouldBe(50);
        message.Leaves.Sum(leaf => leaf.Headers.Fields.Count).ShouldBe(19_999);
        message.Defects.ShouldBe(["The message has more than 20000 header fields; those beyond were passed over."]);
    }

    [Fact]
    public void Limits_can_be_set()
    {
        var message = MimeParser.Parse(NestedMultiparts(10), new MimeLimits { MaxDepth = 3 });

        message.Leaves[0].Section.ShouldBe("1.1.1");
    }

    /// <summary>What grows faster than the input shows in the memory taken; twice the input may take little more than twice.</summary>
    [Theory]
    [InlineData("To: ", "<,", "\n\nx")]
    [InlineData("To: ", "\"", "\n\nx")]
    [InlineData("To: ", "(", "\n\nx")]
    [InlineData("To: ", "a@b,", "\n\nx")]
    [InlineData("Subject: ", "=?a?q?", "\n\nx")]
    [InlineData("Subject: ", "=?utf-8?q?a?= ", "\n\nx")]
    [InlineData("References: ", "<a@b> ", "\n\nx")]
    [InlineData("Content-Type: text/plain", "; a*0=b", "\n\nx")]
    [InlineData("Content-Type: text/plain", "; a=\"", "\n\nx")]
    [InlineData("Content-Type: text/plain; ", "name=a ", "\n\nx")]
    [InlineData("", "a:\n", "\n\nx")]
    [InlineData("", "a\n", "\n\nx")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n", "x")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--\n", "x")]
    [InlineData("Content-Transfer-Encoding: quoted-printable\n\n", "=", "x")]
    [InlineData("Content-Transfer-Encoding: base64\n\n", "=", "x")]
    [InlineData("Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n", "!", "x")]
    [InlineData("Content-Type: text/plain; format=flowed\n\n", "> \n", "x")]
    [InlineData("\n", "+A", "x")]
    public void Memory_grows_no_faster_than_hostile_input(string start, string repeated, string end)
    {
        Allocated(Hostile(200));
        var once = Allocated(Hostile(3000));
        var twice = Allocated(Hostile(6000));

        twice.ShouldBeLessThan((once * 5 / 2) + 20_000);

        byte[] Hostile(int count) => Encoding.ASCII.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, count)) + end);
    }

    private static long Allocated(byte[] message)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        MimeFacts.ReadEverything(MimeParser.Parse(message));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] NestedMultiparts(int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{i}x\r\n\r\n--b{i}x\r\n");
        }

        return Encoding.ASCII.GetBytes(text.Append("\r\nx").ToString());
    }
}
