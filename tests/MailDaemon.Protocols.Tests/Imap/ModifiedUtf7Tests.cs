using MailDaemon.Protocols.Imap;

namespace MailDaemon.Protocols.Tests.Imap;

public class ModifiedUtf7Tests
{
    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("已发送", "&XfJT0ZAB-")]
    [InlineData("草稿箱", "&g0l6P3ux-")]
    [InlineData("垃圾邮件", "&V4NXPpCuTvY-")]
    [InlineData("Tom & Jerry", "Tom &- Jerry")]
    [InlineData("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")]
    [InlineData("Entwürfe", "Entw&APw-rfe")]
    [InlineData("😀", "&2D3eAA-")]
    [InlineData("a\tb", "a&AAk-b")]
    public void Name_is_written_and_read_back(string name, string encoded)
    {
        ModifiedUtf7.Encode(name).ShouldBe(encoded);
        if (!name.Contains('\t', StringComparison.Ordinal))
        {
            ModifiedUtf7.Decode(encoded).ShouldBe(name);
        }
    }

    [Theory]
    [InlineData("R&D")]
    [InlineData("R&D-")]
    [InlineData("&AAk-")]
    [InlineData("&!!!!-")]
    [InlineData("&XfI=-")]
    [InlineData("&XfJ/0ZAB-")]
    [InlineData("&2D0-")]
    [InlineData("已发送")]
    public void What_is_not_in_the_encoding_is_left_as_it_is(string name)
    {
        ModifiedUtf7.TryDecode(name, out _).ShouldBeFalse();
        ModifiedUtf7.Decode(name).ShouldBe(name);
    }

    [Fact]
    public void Every_name_survives()
    {
        var random = new Random(5);
        for (var round = 0; round < 5000; round++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(4) switch
            {
                0 => "&",
                1 => ((char)random.Next(0x20, 0x7f)).ToString(),
                2 => ((char)random.Next(0xa0, 0xd000)).ToString(),
                _ => char.ConvertFromUtf32(random.Next(0x10000, 0x10ffff)),
            }));

            ModifiedUtf7.Decode(ModifiedUtf7.Encode(name)).ShouldBe(name);
        }
    }
}
