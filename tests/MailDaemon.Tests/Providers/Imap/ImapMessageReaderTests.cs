using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Tests.Providers.Imap;

/// <summary>What is held of a server's replies.</summary>
public sealed class ImapMessageReaderTests
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    public async Task Replies_that_are_too_much_together_are_left_out_and_those_after_them_are_not()
    {
        var large = new byte[Mebibyte];
        var merged = await ImapMessageReader.MergedAsync(Replies([.. Enumerable.Repeat(large, 80), new byte[10]]), CancellationToken.None);

        merged.Count.ShouldBe(81);
        merged.Values.Sum(m => m.Sections.Values.Sum(s => (long)s.Length)).ShouldBeInRange(60 * Mebibyte, 64 * Mebibyte);
        merged[1].Defect.ShouldBeNull();
        merged[80].Defect.ShouldNotBeNull();
        merged[80].Size.ShouldBe(80);
    }

    [Fact]
    public async Task What_is_told_of_a_message_in_several_replies_comes_together()
    {
        var replies = new[]
        {
            new FetchedMessage { Uid = 1, Flags = ["\\Seen"] },
            new FetchedMessage { Uid = 1, Size = 7, Sections = Section("HEADER", new byte[2]) },
            new FetchedMessage { SequenceNumber = 9 },
            new FetchedMessage { Uid = 1, Flags = [], Sections = Section("1", new byte[3]) },
        };

        var message = (await ImapMessageReader.MergedAsync(replies.ToAsyncEnumerable(), CancellationToken.None)).ShouldHaveSingleItem().Value;

        message.Flags.ShouldBe([]);
        message.Size.ShouldBe(7);
        message.Sections.Keys.Order().ShouldBe(["1", "HEADER"]);
    }

    private static IAsyncEnumerable<FetchedMessage> Replies(IReadOnlyList<byte[]> bodies) =>
        bodies.Select((body, i) => new FetchedMessage { Uid = (uint)i + 1, Size = i + 1, Sections = Section("1", body) }).ToAsyncEnumerable();

    private static Dictionary<string, ReadOnlyMemory<byte>> Section(string name, byte[] body) => new() { [name] = body };
}
