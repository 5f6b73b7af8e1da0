using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Tests.Imap;

public class EnvelopeTests
{
    private const string From = "((\"n\" NIL \"u\" \"h\"))";

    [Theory]
    [InlineData($"(\"d\" \"s\" {From} NIL NIL NIL NIL NIL \"<r>\" \"<m>\")", "<r>", "<m>")]
    [InlineData($"(\"d\" \"s\" {From} NIL NIL NIL NIL NIL \"<m>\")", null, "<m>")] // QQ: nine fields, no In-Reply-To
    [InlineData($"(\"d\" \"s\" {From} NIL NIL NIL NIL \"<r>\" \"<m>\")", "<r>", "<m>")] // nine fields, no Bcc
    [InlineData($"((\"d\" \"s\" {From} NIL NIL NIL NIL NIL NIL \"<m>\"))", null, "<m>")] // Domino: one more pair of parentheses
    [InlineData($"(\"d\" \"s\" {From} () () () () () NIL \"<m>\")", null, "<m>")] // mail.ru: () for no addresses
    [InlineData("(\"d\" \"s\" ((\"n\" NIL \"u\" \"h\" )) NIL NIL NIL NIL NIL NIL \"<m>\")", null, "<m>")] // Yahoo: a space after the host
    [InlineData($"(\"d\" \"s\" {From} ((NIL NIL \"a\" \"b\") (NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL \"<m>\" \"more\")", null, "<m>")] // spaces between, more fields
    [InlineData("(\"d\" \"s\" ((\"n\" NIL \"u\" \"h\\\")) NIL NIL NIL NIL NIL NIL \"<m>\")", null, "<m>")] // QQ: a stray backslash
    public async Task Odd_envelope_is_still_read(string text, string? inReplyTo, string messageId)
    {
        var message = await ReadAsync(text);

        message.Defect.ShouldBeNull();
        message.Uid.ShouldBe(1u);
        message.Envelope!.Subject.ShouldBe("s");
        message.Envelope.From.ShouldHaveSingleItem().Mailbox.ShouldBe("u");
        message.Envelope.InReplyTo.ShouldBe(inReplyTo);
        message.Envelope.MessageId.ShouldBe(messageId);
    }

    [Fact]
    public async Task NIL_date_is_accepted()
    {
        var message = await ReadAsync("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");

        message.Defect.ShouldBeNull();
        message.Envelope.ShouldNotBeNull().Date.ShouldBeNull();
    }

    [Fact]
    public async Task Group_has_its_borders()
    {
        var message = await ReadAsync("(NIL NIL ((NIL NIL \"boys\" NIL)(NIL NIL \"aaron\" \"x\")(NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL)");

        message.Envelope!.From.Select(a => (a.IsGroupStart, a.IsGroupEnd, a.Address)).ShouldBe([(true, false, null), (false, false, "aaron@x"), (false, true, null)]);
    }

    [Fact]
    public async Task Addresses_over_the_limit_are_left_out()
    {
        var many = string.Concat(Enumerable.Repeat("(NIL NIL \"a\" \"b\")", 50));

        var reply = await ImapTalk.ReplyAsync($"* 1 FETCH (UID 1 ENVELOPE (NIL NIL NIL NIL NIL ({many}) NIL NIL NIL \"<m>\"))\r\n");
        var message = FetchParser.Read(reply, new ImapLimits { MaxAddresses = 7 });

        message.Envelope!.To.Count.ShouldBe(7);
        message.Envelope.MessageId.ShouldBe("<m>");
    }

    private static async Task<FetchedMessage> ReadAsync(string envelope) =>
        FetchParser.Read(await ImapTalk.ReplyAsync($"* 1 FETCH (ENVELOPE {envelope} UID 1)\r\n"), new ImapLimits());
}
