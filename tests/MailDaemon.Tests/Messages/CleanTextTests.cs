using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class CleanTextTests
{
    [Theory]
    [InlineData("plain, 中文, über\r\n\tx", "plain, 中文, über\r\n\tx")]
    [InlineData("a\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u200e\u202eb", "ab")]
    [InlineData("x\U000E0061\U000E007F\U000E0101\U000F0000\U0010FFFDy", "xy")]
    [InlineData("a\ufe00\ufe0e\ufe0fb", "ab")]
    [InlineData("😀\U000E0101\U000E0102\ufe01", "😀")]
    [InlineData("❤\ufe0f ☎\ufe0e 1\ufe0f\u20e3 1\ufe0f", "❤\ufe0f ☎\ufe0e 1\ufe0f\u20e3 1")]
    [InlineData("👩\u200d👩\u200d👧 👩🏽\u200d🚀 🏳\ufe0f\u200d🌈", "👩\u200d👩\u200d👧 👩🏽\u200d🚀 🏳\ufe0f\u200d🌈")]
    [InlineData("👩\u200d\u200d👩 👩\u200dx", "👩\u200d👩 👩x")]
    [InlineData("می\u200cخواهم", "می\u200cخواهم")]
    [InlineData("می\u200c\u200c\u200cخواهم\u200c", "می\u200cخواهم")]
    [InlineData("क्\u200dष श्री\u200cx", "क्\u200dष श्रीx")]
    [InlineData("\u0605\u06dd", "\u0605\u06dd")]
    [InlineData("a\u0000\u0007\u007f\u009fb\u0085c\u2028d", "ab\nc\nd")]
    [InlineData("a\u3164\u2800b", "a  b")]
    [InlineData("\ue000 \ud83d", "\ue000 \ud83d")]
    public void Only_what_is_seen_stays(string text, string clean) => CleanText.Of(text).ShouldBe(clean);

    [Theory]
    [InlineData("Re: a\tb\r\nc", "Re: a b c")]
    [InlineData("a\u2028b", "a b")]
    [InlineData("plain", "plain")]
    public void Name_is_one_line(string text, string line) => CleanText.Line(text).ShouldBe(line);
}
