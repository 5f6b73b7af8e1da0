using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Imap;

/// <summary>One long dialogue, cut and chopped at every byte.</summary>
public class ImapCutTests
{
    private const string Dialogue =
        "* PREAUTH [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE ESEARCH CONDSTORE] hi\r\n"
        + "* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 104] ok\r\nA1 OK [READ-WRITE] open\r\n"
        + "* 1 FETCH (UID 101 FLAGS (\\Seen) ENVELOPE (NIL {3}\r\na\"b NIL NIL NIL NIL NIL NIL NIL \"<m>\") BODY[HEADER] {8}\r\nA: b\r\n\r\n)\r\n"
        + "* 2 FETCH (UID 102 FLAGS () ENVELOPE (NIL \"\" NIL NIL NIL NIL NIL NIL NIL NIL) BODY[HEADER] {0}\r\n)\r\n* 3 EXPUNGE\r\nA2 OK done\r\n"
        + "* 1 FETCH (UID 101 BODY[1]<0> {7}\r\n1234\r\n7)\r\nA3 OK done\r\n"
        + "+ go\r\n* 4 EXISTS\r\nA4 OK [APPENDUID 7 104] done\r\n"
        + "* OK [COPYUID 8 101 5] moved\r\n* 1 EXPUNGE\r\nA5 OK done\r\n"
        + "* ESEARCH (TAG \"A6\") UID ALL 102:104\r\nA6 OK done\r\n"
        + "+ idling\r\n* 5 EXISTS\r\nA7 OK done\r\n"
        + "* BYE bye\r\nA8 OK done\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dialogue_is_the_same_however_it_is_chopped(bool isByteByByte)
    {
        Stream stream = new BufferStream(Encoding.Latin1.GetBytes(Dialogue));

        var told = await TalkAsync(isByteByByte ? new ByteByByteStream(stream) : stream);

        told.ShouldBe(["3 7 104", "101 a\"b A: b\r\n\r\n", "102  ", "1234\r\n7", "AppendUid { UidValidity = 7, Uid = 104 }", "101>5", "102:104", "Changed", "2 True 4"]);
    }

    [Fact]
    public async Task Connection_cut_at_every_byte_is_told_as_such()
    {
        var bytes = Encoding.Latin1.GetBytes(Dialogue);
        var lastCommand = Dialogue.IndexOf("* BYE", StringComparison.Ordinal);
        for (var length = 0; length < lastCommand; length++)
        {
            var e = await Should.ThrowAsync<WireException>(() => TalkAsync(new BufferStream(bytes[..length])), $"cut at {length}");

            e.Fault.ShouldBe(WireFault.Closed, $"cut at {length}");
        }

        for (var length = lastCommand; length <= bytes.Length; length++)
        {
            (await TalkAsync(new BufferStream(bytes[..length]))).Count.ShouldBe(9);
        }
    }

    private static async Task<List<string>> TalkAsync(Stream stream)
    {
        var told = new List<string>();
        var options = new WireOptions();
        var endpoint = new WireEndpoint("test", 143, WireSecurity.None);
        await using var client = await ImapClient.OpenAsync(new WireStream(stream, endpoint, options), endpoint, options, new ImapLimits(), default);
        try
        {
            var box = await client.SelectAsync("INBOX", new SelectOptions(), default);
            told.Add($"{box.Exists} {box.UidValidity} {box.UidNext}");
            var request = new FetchRequest { Flags = true, Envelope = true, Sections = ["HEADER"] };
            await foreach (var message in client.FetchAsync(UidSet.Range(101, 102), request, default))
            {
                message.Defect.ShouldBeNull();
                told.Add($"{message.Uid} {message.Envelope!.Subject} {Encoding.Latin1.GetString(message.Sections["HEADER"].Span)}");
            }

            var section = new MemoryStream();
            await client.FetchSectionAsync(101, "1", section, default);
            told.Add(Encoding.Latin1.GetString(section.ToArray()));
            told.Add((await client.AppendAsync("INBOX", AppendMessage.FromBytes("x"u8.ToArray()), default))!.ToString());
            told.AddRange((await client.MoveAsync(UidSet.Single(101), "b", default))!.Pairs.Select(p => $"{p.Source}>{p.Destination}"));
            told.Add((await client.SearchAsync(SearchQuery.All, default)).ToString());
            told.Add((await client.IdleAsync(TimeSpan.FromMinutes(1), default)).End.ToString());
            var updates = client.TakeUpdates();
            told.Add($"{updates.Expunged} {updates.HasArrivals} {client.Selected!.Exists + updates.Vanished.Count - 1}");
        }
        catch (WireException)
        {
            client.IsUsable.ShouldBeFalse();
            throw;
        }

        await client.LogoutAsync(default);
        client.IsUsable.ShouldBeFalse();
        return told;
    }
}
