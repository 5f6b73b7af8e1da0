using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Smtp;

public sealed class SmtpReplyTests
{
    [Theory]
    [InlineData("250 OK\r\n", 250, null, "OK")]
    [InlineData("250\r\n", 250, null, "")]
    [InlineData("250 \n", 250, null, "")]
    [InlineData("250-a\r\n250-\r\n250 b\r\n", 250, null, "a b")]
    [InlineData("250-a\r\n250\r\n", 250, null, "a")]
    [InlineData("550 5.1.1 No such user\r\n", 550, "5.1.1", "No such user")]
    [InlineData("550-5.1.1 No such\r\n550 5.1.1 user\r\n", 550, "5.1.1", "No such user")]
    [InlineData("250 2.0.0\r\n", 250, "2.0.0", "")]
    [InlineData("550 4.1.1 of another class\r\n", 550, null, "4.1.1 of another class")]
    [InlineData("550 5.1.1x\r\n", 550, null, "5.1.1x")]
    [InlineData("550 5.1111.1 x\r\n", 550, null, "5.1111.1 x")]
    [InlineData("550 Mailbox \u0000 full\u0007\r\n", 550, null, "Mailbox   full")]
    public async Task Reply_has_code_enhanced_code_and_text(string bytes, int code, string? enhanced, string text)
    {
        var reply = await ReadAsync(Encoding.Latin1.GetBytes(bytes));

        reply.Code.ShouldBe(code);
        reply.EnhancedCode.ShouldBe(enhanced);
        reply.Text.ShouldBe(text);
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("\r\n")]
    [InlineData("25\r\n")]
    [InlineData("2500 x\r\n")]
    [InlineData("150 x\r\n")]
    [InlineData("650 x\r\n")]
    [InlineData(" 250 x\r\n")]
    [InlineData("250_x\r\n")]
    [InlineData("250-a\r\n251 b\r\n")]
    [InlineData("250-a\r\nb\r\n")]
    [InlineData("* OK IMAP4rev1\r\n")]
    public async Task What_is_not_a_reply_is_refused_with_its_beginning(string bytes)
    {
        var e = await Should.ThrowAsync<SmtpException>(() => ReadAsync(Encoding.Latin1.GetBytes(bytes)));

        e.Fault.ShouldBe(SmtpFault.Protocol);
        e.ReplyCode.ShouldBeNull();
    }

    [Fact]
    public async Task Text_is_utf8_or_gb18030_or_latin1()
    {
        (await ReadAsync("550 邮箱不存在\r\n"u8.ToArray())).Text.ShouldBe("邮箱不存在");
        (await ReadAsync([.. "550 "u8, 0xD3, 0xCA, 0xCF, 0xE4, .. "\r\n"u8])).Text.ShouldBe("邮箱");
        (await ReadAsync([.. "550 caf"u8, 0xE9, .. "\r\n"u8])).Text.ShouldBe("café");
    }

    [Fact]
    public async Task Text_is_bounded()
    {
        var reply = await ReadAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"550-{new string('x', 500)}\r\n", 20)) + "550 end\r\n"));

        reply.Text.Length.ShouldBe(2000);
        reply.Text.ShouldEndWith("x…");
    }

    [Fact]
    public async Task Reply_of_too_many_lines_is_refused_and_one_of_the_limit_is_not()
    {
        var lines = string.Concat(Enumerable.Repeat("250-x\r\n", 127));

        (await ReadAsync(Encoding.ASCII.GetBytes(lines + "250 end\r\n"))).Lines.Count.ShouldBe(128);
        (await WireStreamTests.FaultAsync(() => ReadAsync(Encoding.ASCII.GetBytes(lines + "250-x\r\n250 end\r\n")))).ShouldBe(WireFault.LimitExceeded);
    }

    [Fact]
    public async Task Reply_that_drips_without_end_times_out()
    {
        await using var wire = new WireStream(
            new DrippingStream(TimeSpan.FromMilliseconds(10)),
            new WireEndpoint("mail.example", 25, WireSecurity.None),
            new WireOptions { IdleTimeout = TimeSpan.FromMilliseconds(150) });

        (await WireStreamTests.FaultAsync(() => SmtpReply.ReadAsync(wire, default).AsTask())).ShouldBe(WireFault.Timeout);
    }

    [Fact]
    public async Task Every_prefix_of_a_reply_is_a_closed_connection()
    {
        var bytes = "250-mail.example\r\n250-SIZE 1000\r\n250 HELP\r\n"u8.ToArray();

        for (var length = 0; length < bytes.Length; length++)
        {
            (await WireStreamTests.FaultAsync(() => ReadAsync(bytes[..length]))).ShouldBe(WireFault.Closed);
        }

        (await ReadAsync(bytes)).Lines.ShouldBe(["mail.example", "SIZE 1000", "HELP"]);
    }

    [SmtpCorpusFact]
    public async Task Every_recorded_reply_is_read_also_byte_by_byte()
    {
        var read = 0;
        foreach (var file in System.IO.Directory.EnumerateFiles(SmtpCorpus.Directory!, "*.txt"))
        {
            var bytes = Encoding.UTF8.GetBytes(await SmtpCorpus.ReadAsync(Path.GetFileName(file)));
            var whole = await ReadAsync(bytes);
            var cut = await ReadAsync(bytes, byteByByte: true);

            cut.ToString().ShouldBe(whole.ToString());
            Encoding.UTF8.GetString(bytes).ShouldStartWith($"{whole.Code}");
            read++;
        }

        read.ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task Random_bytes_are_refused_or_read_but_never_worse()
    {
        var random = new Random(7);
        var alphabet = "250 -\r\n45.1xé\0"u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            for (var j = 0; j < bytes.Length; j++)
            {
                bytes[j] = alphabet[random.Next(alphabet.Length)];
            }

            try
            {
                (await ReadAsync(bytes)).Code.ShouldBeInRange(200, 599);
            }
            catch (Exception e) when (e is SmtpException or WireException)
            {
                e.Message.ShouldNotBeEmpty();
            }
        }
    }

    private static async Task<SmtpReply> ReadAsync(byte[] bytes, bool byteByByte = false)
    {
        Stream stream = new BufferStream(bytes);
        await using var wire = new WireStream(
            byteByByte ? new ByteByByteStream(stream) : stream, new WireEndpoint("mail.example", 25, WireSecurity.None), new WireOptions());
        return await SmtpReply.ReadAsync(wire, default);
    }
}
