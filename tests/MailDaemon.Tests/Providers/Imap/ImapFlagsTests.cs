using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapFlagsTests
{
    [Theory]
    [InlineData("", MessageFlags.None)]
    [InlineData("\\Seen", MessageFlags.Read)]
    [InlineData("\\SEEN \\flagged", MessageFlags.Read | MessageFlags.Starred)]
    [InlineData("\\Answered \\Draft $Forwarded", MessageFlags.Answered | MessageFlags.Draft | MessageFlags.Forwarded)]
    [InlineData("$forwarded", MessageFlags.Forwarded)]
    [InlineData("\\Deleted \\Recent Seen $Label1", MessageFlags.None)]
    public void System_flags_are_read_in_any_case(string flags, MessageFlags expected)
    {
        ImapFlags.Read(flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(MessageFlags.None, "")]
    [InlineData(MessageFlags.Read | MessageFlags.Starred, "\\Seen \\Flagged")]
    [InlineData(MessageFlags.Read | MessageFlags.Starred | MessageFlags.Answered | MessageFlags.Forwarded | MessageFlags.Draft, "\\Seen \\Flagged \\Answered \\Draft $Forwarded")]
    public void Flags_are_written_with_the_names_of_the_protocol(MessageFlags flags, string expected)
    {
        string.Join(' ', ImapFlags.Write(flags)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("\\Seen zeta $Forwarded Alpha \\Recent", "Alpha zeta")]
    [InlineData("$FORWARDED", "")]
    [InlineData("b a B A", "A B a b")]
    public void Keywords_are_what_is_left_in_one_order(string flags, string expected)
    {
        string.Join(' ', ImapFlags.Keywords(flags.Split(' '))).ShouldBe(expected);
    }
}
