using MailDaemon.Engine.Cache;

namespace MailDaemon.Tests.Cache;

public sealed class SnippetTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  \r\n\t ", "")]
    [InlineData(" Hello,\r\n\r\n  world\u00A0! ", "Hello, world !")]
    [InlineData("a\u200Bb\u200C\u200Dc\uFEFFd\u00ADe\u2060f\u034Fg", "abcdefg")]
    [InlineData("a\u0007b\u0000c\u001B[0m", "abc[0m")]
    [InlineData("Sale \u034F \u200C \u00AD \u034F now", "Sale now")]
    [InlineData("a\u3164\u2800b", "a b")]
    [InlineData("你好，\u3000世界", "你好， 世界")]
    public void Text_is_cleaned(string text, string snippet) => Snippet.Of(text).ShouldBe(snippet);

    [Fact]
    public void Long_text_is_cut_at_two_hundred()
    {
        Snippet.Of(new string('a', 10_000)).ShouldBe(new string('a', 200));
        Snippet.Of(new string('a', 199) + " b").ShouldBe(new string('a', 199));
        Snippet.Of(new string('a', 198) + " b").ShouldBe(new string('a', 198) + " b");
    }

    [Fact]
    public void Half_of_a_pair_is_replaced() => Snippet.Of("x\uD83Dy").ShouldBe("x\uFFFDy");

    [Fact]
    public void Pair_is_never_cut_in_two()
    {
        Snippet.Of(new string('a', 199) + "😀").ShouldBe(new string('a', 199));
        Snippet.Of(new string('a', 198) + "😀").ShouldBe(new string('a', 198) + "😀");
    }
}
