using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class EncodedWordTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=?utf-8?B?5L2g5aW9?=", "你好")]
    [InlineData("=?UTF-8?q?Gr=C3=BC=C3=9Fe_aus?= Bonn", "Grüße aus Bonn")]
    [InlineData("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab")]
    [InlineData("=?utf-8?Q?a?=\t =?iso-8859-1?Q?=E4?=", "aä")]
    [InlineData("=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b")]
    [InlineData("=?utf-8?B?5L0=?= =?utf-8?B?oOWlvQ==?=", "你好")] // a character cut in two
    [InlineData("=?gb2312?B?xOM=?= =?gb2312?B?usM=?=", "你好")]
    [InlineData("=?gb2312?B?xA==?= =?gb2312?B?4w==?=", "你")]
    [InlineData("=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=", "こん")]
    [InlineData("=?utf-8*en?Q?x?=", "x")]
    [InlineData("a=?utf-8?Q?b?=c", "abc")]
    [InlineData("(=?utf-8?Q?b?=)", "(b)")]
    [InlineData("=?utf-8?Q?with blanks in it?=", "with blanks in it")]
    [InlineData("=?utf-8?Q?=3F?=", "?")]
    [InlineData("=?utf-8?Q??=", "")]
    [InlineData("=?utf-8?B?5L2g5aW9", "=?utf-8?B?5L2g5aW9")]
    [InlineData("=?utf-8?X?abc?=", "=?utf-8?X?abc?=")]
    [InlineData("=?", "=?")]
    [InlineData("=?=?=?", "=?=?=?")]
    [InlineData("=?utf-8?B?5L2g*5aW9?=", "你好")] // characters that are no base64
    [InlineData("=?utf-8?B?5L2g5aW9=?= x", "你好 x")]
    [InlineData("=?no-such?Q?=E4=BD=A0?=", "你")]
    [InlineData("=?utf-8?Q?bad=ZZ=?=", "bad=ZZ=")]
    public void Words_are_decoded(string value, string text)
    {
        EncodedWord.Decode(value).ShouldBe(text);
    }

    [Fact]
    public void Raw_eight_bit_values_are_guessed_at()
    {
        EncodedWord.Decode("raw 你好"u8).ShouldBe("raw 你好");
        EncodedWord.Decode([0xC4, 0xE3, 0xBA, 0xC3, 0xA3, 0xAC, 0xCE, 0xD2]).ShouldBe("你好，我");
    }

    [Fact]
    public void Words_are_split_between_characters()
    {
        var words = EncodedWord.Encode(string.Concat(Enumerable.Repeat("😀你é", 40))).Split(' ');

        words.Length.ShouldBeGreaterThan(5);
        words.ShouldAllBe(word => word.Length <= 75);
        words.ShouldAllBe(word => !EncodedWord.Decode(word).Contains('\uFFFD'));
    }

    [Theory]
    [InlineData("Viele liebe Grüße aus Bonn", "=?UTF-8?Q?Viele_liebe_Gr=C3=BC=C3=9Fe_aus_Bonn?=")]
    [InlineData("Grüße", "=?UTF-8?B?R3LDvMOfZQ==?=")]
    [InlineData("你好", "=?UTF-8?B?5L2g5aW9?=")]
    [InlineData("a b", "=?UTF-8?Q?a_b?=")]
    public void Shorter_encoding_is_taken(string value, string word)
    {
        EncodedWord.Encode(value).ShouldBe(word);
    }
}
