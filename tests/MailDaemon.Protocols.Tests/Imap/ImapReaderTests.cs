using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapReaderTests
{
    [Theory]
    [InlineData("* OK hi", ReplyKind.Status, StatusKind.Ok, DataName.Other)]
    [InlineData("* preaUth x", ReplyKind.Status, StatusKind.PreAuth, DataName.Other)]
    [InlineData("* ByE .", ReplyKind.Status, StatusKind.Bye, DataName.Other)]
    [InlineData("* OK", ReplyKind.Status, StatusKind.Ok, DataName.Other)]
    [InlineData("* OK[ALERT] x", ReplyKind.Status, StatusKind.Ok, DataName.Other)]
    [InlineData("* 3 exists", ReplyKind.Data, StatusKind.None, DataName.Exists)]
    [InlineData("* 3 FETCH(UID 1)", ReplyKind.Data, StatusKind.None, DataName.Fetch)]
    [InlineData("* capability x", ReplyKind.Data, StatusKind.None, DataName.Capability)]
    [InlineData("* OKAY", ReplyKind.Data, StatusKind.None, DataName.Other)]
    [InlineData("A1 OK done", ReplyKind.Tagged, StatusKind.Ok, DataName.Other)]
    [InlineData("A1 NO", ReplyKind.Tagged, StatusKind.No, DataName.Other)]
    [InlineData("A1 BYE", ReplyKind.Junk, StatusKind.None, DataName.Other)]
    [InlineData("+ go", ReplyKind.Continuation, StatusKind.None, DataName.Other)]
    [InlineData("+", ReplyKind.Continuation, StatusKind.None, DataName.Other)]
    [InlineData("[COPYUID 55 31 6]", ReplyKind.Status, StatusKind.Ok, DataName.Other)]
    [InlineData("hello", ReplyKind.Junk, StatusKind.None, DataName.Other)]
    [InlineData("", ReplyKind.Junk, StatusKind.None, DataName.Other)]
    public void Line_is_told_by_its_beginning(string line, object kind, object status, object name)
    {
        var reply = ImapReader.Classify(Encoding.Latin1.GetBytes(line));

        (reply.Kind, reply.Status, reply.Name).ShouldBe(((ReplyKind)kind, (StatusKind)status, (DataName)name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Literals_end_where_their_length_says(bool isByteByByte)
    {
        const string Text = "* 1 FETCH (BODY[1] {5}\r\na\r\nb) BODY[2] {0}\r\n BODY[3] ~{2+}\r\n{1)\r\n* OK {3}\r\nA1 OK {9}\r\n* LIST () \"/\" {6}\r\n{4}\r\n \r\n* 2 EXISTS\n";
        var reader = ImapTalk.Reader(Text, isByteByByte: isByteByByte);
        var replies = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            replies.Add(Encoding.Latin1.GetString((await reader.ReadAsync(default)).Bytes.Span));
        }

        replies.ShouldBe([
            "* 1 FETCH (BODY[1] {5}\r\na\r\nb) BODY[2] {0}\r\n BODY[3] ~{2+}\r\n{1)", "* OK {3}", "A1 OK {9}", "* LIST () \"/\" {6}\r\n{4}\r\n ", "* 2 EXISTS"]);
    }

    [Fact]
    public async Task Literal_is_whole_at_every_border_of_the_buffer()
    {
        for (var before = 16_300; before < 16_450; before += 7)
        {
            var reader = ImapTalk.Reader($"* X {new string('p', before)}\r\n* 1 FETCH (BODY[] {{120}}\r\n{new string('y', 120)})\r\n* 9 EXISTS\r\n");
            await reader.ReadAsync(default);

            var reply = await reader.ReadAsync(default);

            Encoding.Latin1.GetString(reply.Bytes.Span).ShouldBe($"* 1 FETCH (BODY[] {{120}}\r\n{new string('y', 120)})");
            (await reader.ReadAsync(default)).Number.ShouldBe(9u);
        }
    }

    [Fact]
    public async Task Every_prefix_ends_in_a_closed_connection()
    {
        const string Text = "* 1 FETCH (UID 5 BODY[HEADER] {10}\r\n0123456789 FLAGS (\\Seen) BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1))\r\n";
        for (var length = 0; length < Text.Length; length++)
        {
            var reader = ImapTalk.Reader(Text[..length]);

            var e = await Should.ThrowAsync<WireException>(async () => await reader.ReadAsync(default));

            e.Fault.ShouldBe(WireFault.Closed);
        }
    }

    [Theory]
    [InlineData("* 1 FETCH (BODY[] {99999999999999999999}\r\n")]
    [InlineData("* 1 FETCH (BODY[] {}\r\n")]
    [InlineData("* 1 FETCH (BODY[] {-1}\r\n")]
    [InlineData("* 1 FETCH (BODY[] {1x}\r\n")]
    public async Task What_is_no_length_announces_no_literal(string text)
    {
        var reader = ImapTalk.Reader(text + "* 2 EXISTS\r\n");
        await reader.ReadAsync(default);

        (await reader.ReadAsync(default)).Name.ShouldBe(DataName.Exists);
    }

    [Fact]
    public async Task Endless_literal_takes_no_memory()
    {
        var reader = new ImapReader(ImapTalk.Wire(new EndlessStream("* 1 FETCH (BODY[] {4000000000}\r\n", 200_000_000), new ImapLimits()), new ImapLimits());
        var before = GC.GetTotalAllocatedBytes();

        await Should.ThrowAsync<WireException>(async () => await reader.ReadAsync(default));

        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(64_000_000);
    }

    [Fact]
    public async Task Endless_line_is_over_the_limit()
    {
        var limits = new ImapLimits { MaxLineBytes = 100_000 };
        var reader = new ImapReader(ImapTalk.Wire(new EndlessStream("* OK ", 1_000_000_000), limits), limits);

        var e = await Should.ThrowAsync<WireException>(async () => await reader.ReadAsync(default));

        e.Fault.ShouldBe(WireFault.LimitExceeded);
    }

    [Fact]
    public async Task Endless_literals_are_over_the_limit()
    {
        var limits = new ImapLimits { MaxLiterals = 50 };
        var text = "* 1 FETCH (" + string.Concat(Enumerable.Repeat("{1}\r\nx", 60));

        var e = await Should.ThrowAsync<ImapException>(async () => await ImapTalk.ReplyAsync(text + "\r\n", limits));

        e.Fault.ShouldBe(ImapFault.LimitExceeded);
    }

    [Fact]
    public async Task Literal_longer_than_is_waited_for_is_over_the_limit_before_it_comes()
    {
        var limits = new ImapLimits { MaxLiteralBytes = 10, MaxSkippedBytes = 100 };
        var reader = new ImapReader(ImapTalk.Wire(new EndlessStream("* 1 FETCH (UID 4 BODY[] {101}\r\n", 1_000_000_000), limits), limits);

        var e = await Should.ThrowAsync<ImapException>(async () => await reader.ReadAsync(default));

        e.Fault.ShouldBe(ImapFault.LimitExceeded);
    }

    [Theory]
    [InlineData("[READ-WRITE] done", "READ-WRITE", "", "done")]
    [InlineData("[PERMANENTFLAGS (de:hacking $label [css3-page] \\*)] Flags permitted.", "PERMANENTFLAGS", "(de:hacking $label [css3-page] \\*)", "Flags permitted.")]
    [InlineData("[Error=\"a ] b\" AuthResultFromPopImapEnd=0] failed", "ERROR=\"A", "] b\" AuthResultFromPopImapEnd=0", "failed")]
    [InlineData("[READ-WRITE] [Gmail]/All selected. (Success) [THROTTLED]", "READ-WRITE", "", "[Gmail]/All selected. (Success) [THROTTLED]")]
    [InlineData("[HIGHESTMODSEQ 126550]", "HIGHESTMODSEQ", "126550", "")]
    [InlineData("[uidnext 5]x", "UIDNEXT", "5", "x")]
    [InlineData("no code [x]", null, "", "no code [x]")]
    [InlineData("[unclosed", null, "", "[unclosed")]
    [InlineData("", null, "", "")]
    public void Status_is_taken_apart(string text, string? code, string arguments, string rest)
    {
        var status = ImapStatus.Read(StatusKind.Ok, Encoding.UTF8.GetBytes(text));

        (status.Code, status.Arguments, status.Text).ShouldBe((code, arguments, rest));
    }

    [Theory]
    [InlineData("[COPYUID 4 1417051618:1417051620 1421730687:1421730689] x", "1417051618>1421730687 1417051619>1421730688 1417051620>1421730689")]
    [InlineData("[COPYUID 4 5,3 10:11] x", "5>10 3>11")]
    [InlineData("[COPYUID 701  ] x", null)]
    [InlineData("[COPYUID 4 1:3 1] x", null)]
    [InlineData("[COPYUID B C D] x", null)]
    [InlineData("[COPYUID] x", null)]
    public void Copied_uids_are_paired_in_their_order(string text, string? expected)
    {
        var copied = ImapStatus.Read(StatusKind.Ok, Encoding.UTF8.GetBytes(text)).ReadCopyUid();

        (copied is null ? null : string.Join(' ', copied.Pairs.Select(p => $"{p.Source}>{p.Destination}"))).ShouldBe(expected);
    }

    /// <summary>Says something and then x without end.</summary>
    private sealed class EndlessStream(string first, long length) : TestStream
    {
        private readonly byte[] opening = Encoding.Latin1.GetBytes(first);
        private long position;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (position == 0)
            {
                opening.CopyTo(buffer);
                position = opening.Length;
                return ValueTask.FromResult(opening.Length);
            }

            var count = (int)Math.Min(buffer.Length, length - position);
            buffer.Span[..count].Fill((byte)'x');
            position += count;
            return ValueTask.FromResult(count);
        }
    }
}
