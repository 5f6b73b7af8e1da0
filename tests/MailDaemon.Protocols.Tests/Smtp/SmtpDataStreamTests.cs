using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Smtp;

public sealed class SmtpDataStreamTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a\r\n")]
    [InlineData("a\r\n", "a\r\n")]
    [InlineData("a\n", "a\r\n")]
    [InlineData("a\r", "a\r\n")]
    [InlineData("a\rb\nc\r\nd", "a\r\nb\r\nc\r\nd\r\n")]
    [InlineData("a\r\r\nb", "a\r\n\r\nb\r\n")]
    [InlineData("a\n\rb", "a\r\n\r\nb\r\n")]
    [InlineData("\r\n\r\n", "\r\n\r\n")]
    [InlineData(".", "..\r\n")]
    [InlineData("..", "...\r\n")]
    [InlineData("a.b", "a.b\r\n")]
    [InlineData("a\r\n.", "a\r\n..\r\n")]
    [InlineData("a\r\n.\r\n", "a\r\n..\r\n")]
    [InlineData("a\n.\r\n", "a\r\n..\r\n")]
    [InlineData("a\n.\n", "a\r\n..\r\n")]
    [InlineData("a\r.\r", "a\r\n..\r\n")]
    [InlineData("a\r\n.\n", "a\r\n..\r\n")]
    [InlineData("a\r\n.\r", "a\r\n..\r\n")]
    [InlineData("a\n.\nMAIL FROM:<evil@example>\r\n", "a\r\n..\r\nMAIL FROM:<evil@example>\r\n")]
    [InlineData("a\r\n\0.\r\n", "a\r\n\0.\r\n")]
    public async Task Message_is_the_same_on_the_wire_however_it_is_cut(string message, string onTheWire)
    {
        var bytes = Encoding.Latin1.GetBytes(message);

        (await SendAsync(bytes)).ShouldBe(onTheWire);
        (await SendAsync([.. bytes.Select(b => new[] { b })])).ShouldBe(onTheWire);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            (await SendAsync(bytes[..cut], bytes[cut..])).ShouldBe(onTheWire);
        }
    }

    [Fact]
    public async Task No_message_can_end_itself()
    {
        var random = new Random(11);
        var alphabet = "\r\n.a"u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var message = new byte[random.Next(24)];
            for (var j = 0; j < message.Length; j++)
            {
                message[j] = alphabet[random.Next(alphabet.Length)];
            }

            var sent = "\r\n" + await SendAsync(message);

            sent.ShouldNotContain("\r\n.\r\n");
            sent.ShouldEndWith("\r\n");
            sent.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n']).ShouldBe(-1);
            sent[2..].Replace("\r\n..", "\r\n.", StringComparison.Ordinal).Count(c => c == 'a').ShouldBe(message.Count(b => b == 'a'));
        }
    }

    [Fact]
    public async Task Bytes_are_counted_without_doubled_dots()
    {
        var (wire, peer) = Open();
        await using var data = new SmtpDataStream(wire);

        await data.WriteAsync(".a\nb"u8.ToArray());
        await data.CompleteAsync(default);

        data.BytesWritten.ShouldBe(7);
        Encoding.ASCII.GetString(peer.Written).ShouldBe("..a\r\nb\r\n");
        await Should.ThrowAsync<InvalidOperationException>(() => data.WriteAsync("late"u8.ToArray()).AsTask());
    }

    [Fact]
    public async Task Large_message_is_streamed_in_pieces()
    {
        var (wire, peer) = Open();
        await using var data = new SmtpDataStream(wire);
        var line = Encoding.ASCII.GetBytes(new string('x', 76) + "\r\n");

        for (var i = 0; i < 50_000; i++)
        {
            await data.WriteAsync(line);
        }

        await data.CompleteAsync(default);

        peer.Written.Length.ShouldBe(3_900_000);
        peer.LargestWrite.ShouldBeLessThanOrEqualTo(65_536);
    }

    private static async Task<string> SendAsync(params byte[][] pieces)
    {
        var (wire, peer) = Open();
        await using var data = new SmtpDataStream(wire);
        foreach (var piece in pieces)
        {
            await data.WriteAsync(piece);
        }

        await data.CompleteAsync(default);
        return Encoding.Latin1.GetString(peer.Written);
    }

    private static (WireStream Wire, BufferStream Peer) Open()
    {
        var peer = new BufferStream([]);
        return (new WireStream(peer, new WireEndpoint("mail.example", 25, WireSecurity.None), new WireOptions()), peer);
    }
}
