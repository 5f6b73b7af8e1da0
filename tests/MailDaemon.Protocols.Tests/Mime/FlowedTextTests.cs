using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class FlowedTextTests
{
    [Theory]
    [InlineData("one \ntwo\nthree", false, "one two\nthree")]
    [InlineData("one \r\ntwo\r\n", false, "one two\n")]
    [InlineData("你 \n好", true, "你好")]
    [InlineData("> quoted \n> on\n>> deeper \n> back", false, "> quoted on\n>> deeper \n> back")]
    [InlineData(">quoted \n>on", false, "> quoted on")]
    [InlineData(" From stuffed\n >not a quote", false, "From stuffed\n>not a quote")]
    [InlineData("text \n-- \nsignature", false, "text \n-- \nsignature")]
    [InlineData("> text \n> -- \n> name", false, "> text \n> -- \n> name")]
    [InlineData("ends flowed ", false, "ends flowed ")]
    [InlineData("a\n\nb", false, "a\n\nb")]
    [InlineData(">\n> a", false, ">\n> a")]
    [InlineData("", false, "")]
    public void Lines_are_joined(string text, bool delSp, string unflowed)
    {
        FlowedText.Unflow(text, delSp).ShouldBe(unflowed);
    }
}
