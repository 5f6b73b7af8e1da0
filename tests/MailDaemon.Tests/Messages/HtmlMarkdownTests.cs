using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class HtmlMarkdownTests
{
    [Theory]
    [InlineData("<p>One</p><p>Two</p>", "One\n\nTwo")]
    [InlineData("One<br>Two<br><br>Three", "One\nTwo\n\nThree")]
    [InlineData("<h2>Head</h2><p>Text</p>", "## Head\n\nText")]
    [InlineData("a <b>bold</b>, <i>slanted</i> and <del>gone</del>", "a **bold**, *slanted* and ~~gone~~")]
    [InlineData("a<b> spaced </b>b", "a **spaced** b")]
    [InlineData("<a href=\"https://example.com/x\">here</a>", "[here](https://example.com/x)")]
    [InlineData("<a href=\"https://example.com/\">https://example.com/</a>", "https://example.com/")]
    [InlineData("<a href=\"mailto:ann@example.com\">ann@example.com</a>", "ann@example.com")]
    [InlineData("<a href=\"javascript:alert(1)\">here</a>", "here")]
    [InlineData("<a href=\"https://example.com/a) [b](https://evil.example\">here</a>", "here")]
    [InlineData("<ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul>", "- one\n- two\n  - deep")]
    [InlineData("<ol start=\"3\"><li>three</li><li>four</li></ol>", "3. three\n4. four")]
    [InlineData("<p>x</p><blockquote><p>one</p><p>two</p></blockquote><p>y</p>", "x\n\n> one\n> \n> two\n\ny")]
    [InlineData("<pre>a  b\n c</pre>", "```\na  b\n c\n```")]
    [InlineData("<table><tr><th>Item</th><th>Price</th></tr><tr><td>LED | panel</td><td>12.65</td></tr></table>", "| Item | Price |\n| --- | --- |\n| LED \\| panel | 12.65 |")]
    [InlineData("<table><tr><td>only</td><td>layout</td></tr></table>", "only layout")]
    [InlineData("<p style=\"display: none\">hidden</p><script>x</script>seen", "seen")]
    [InlineData("<img src=\"x\" alt=\"Logo\"><img src=\"y\" width=\"1\" alt=\"pixel\">text", "\\[Logo\\]text")]
    [InlineData("2 * 3 and a_b and [x]", "2 \\* 3 and a\\_b and \\[x\\]")]
    [InlineData("你好，<b>世界</b>", "你好，**世界**")]
    [InlineData("", "")]
    public void Html_becomes_markdown(string html, string markdown) => HtmlMarkdown.Render(html).ShouldBe(markdown);

    [Fact]
    public void Depth_of_the_senders_choice_is_survived()
    {
        var html = string.Concat(Enumerable.Repeat("<blockquote><ul><li><b>", 20_000)) + "x";

        Should.NotThrow(() => HtmlMarkdown.Render(html));
    }
}
