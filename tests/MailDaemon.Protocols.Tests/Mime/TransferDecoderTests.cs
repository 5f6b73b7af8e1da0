using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class TransferDecoderTests
{
    [Theory]
    [InlineData("base64", "aGVsbG8=", "hello")]
    [InlineData("BASE64", "aGVs\r\nbG8=\r\n", "hello")]
    [InlineData("base64", "aGVsbG8", "hello")]
    [InlineData("base64", "aGVs!!bG8=", "hello")]
    [InlineData("base64", "aGVsbG8=aGVsbG8=", "hellohello")]
    [InlineData("base64", "a", "")]
    [InlineData("base64", "====", "")]
    [InlineData("quoted-printable", "a=20b=\r\nc=3D", "a bc=")]
    [InlineData("quoted-printable", "soft=  \t\r\nbreak=\nunix", "softbreakunix")]
    [InlineData("quoted-printable", "lower=e4=bd=a0", "lower你")]
    [InlineData("quoted-printable", "bad=XY =4", "bad=XY =4")]
    [InlineData("quoted-printable", "==41", "=A")]
    [InlineData("quoted-printable", "kept  \r\nend=", "kept  \r\nend")]
    [InlineData("quoted-printable", "= x", "= x")]
    [InlineData("x-uuencode", "begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello")]
    [InlineData("uuencode", "text before\nbegin 644 a.txt\n%:&5L;&\\\nend\ntext after", "hello")]
    [InlineData("x-yenc", "=ybegin line=128 size=3 name=a\r\n\u0092=n\r\n=yend size=3\r\n", "-")]
    [InlineData("7bit", "as it is=20", "as it is=20")]
    [InlineData("8bit", "你", "你")]
    [InlineData("x-unheard-of", "YQ==", "YQ==")]
    public void Body_is_decoded(string encoding, string body, string text)
    {
        var bytes = encoding == "x-yenc" ? Encoding.Latin1.GetBytes(body) : Encoding.UTF8.GetBytes(body);
        var expected = encoding == "x-yenc" ? [0x68, 4] : Encoding.UTF8.GetBytes(text);

        TransferDecoder.Decode(bytes, encoding).ShouldBe(expected);
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    [InlineData("x-uuencode")]
    [InlineData("x-yenc")]
    [InlineData("8bit")]
    public async Task Stream_cut_anywhere_gives_the_same_bytes(string encoding)
    {
        var random = new Random(7);
        var alphabet = "=\r\n ABCDabcd0189+/\t!M#`begin end"u8.ToArray();
        var body = "begin 644 x\r\n=ybegin\r\n"u8.ToArray().Concat(Enumerable.Range(0, 60_000).Select(_ => alphabet[random.Next(alphabet.Length)])).ToArray();
        var whole = TransferDecoder.Decode(body, encoding);
        whole.Length.ShouldBeGreaterThan(1000);

        using var decoded = new MemoryStream();
        var stream = TransferDecoder.OpenDecoding(new DribblingStream(body, 3), encoding);
        await using (stream)
        {
            await stream.CopyToAsync(decoded);
        }

        decoded.ToArray().ShouldBe(whole);
        using var synchronous = new MemoryStream();
        TransferDecoder.OpenDecoding(new DribblingStream(body, 11), encoding).CopyTo(synchronous);
        synchronous.ToArray().ShouldBe(whole);
    }

    /// <summary>Gives its bytes in pieces of changing length.</summary>
    private sealed class DribblingStream(byte[] content, int seed) : MemoryStream(content)
    {
        private readonly Random random = new(seed);

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(1, 9))]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, random.Next(1, 9)));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));
    }
}
