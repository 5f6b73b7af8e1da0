using System.Diagnostics;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("just text", "just text")]
    [InlineData("<p>One</p><p>Two</p>", "One\nTwo")]
    [InlineData("a<br>b<br><br><br><br>c", "a\nb\n\nc")]
    [InlineData("  a \n\t b&nbsp;c  ", "a b c")]
    [InlineData("<b>bo</b>ld &amp; &lt;tag&gt; &#x6D4B;&#35797;", "bold & <tag> 测试")]
    [InlineData("<ul><li>one</li><li>two</li></ul>end", "- one\n- two\nend")]
    [InlineData("<ol><li>a<ul><li>b</li></ul></li></ol>", "- a\n- b")]
    [InlineData("<table><tr><th>Item</th><th>Qty</th></tr><tr><td>Panel</td><td>1,200</td></tr></table>", "Item Qty\nPanel 1,200")]
    [InlineData("<pre>x = 1\ny = 2</pre>", "x = 1\ny = 2")]
    [InlineData("<p>see <img src=cid:1 alt='the plan'> here</p>", "see the plan here")]
    [InlineData("<div>a</div><hr><div>b</div>", "a\nb")]
    [InlineData("<a href='https://x.example'>link</a>", "link (https://x.example)")]
    [InlineData("<p>unclosed <b>all the <i>way", "unclosed all the way")]
    public void Blocks_become_lines(string html, string expected)
    {
        HtmlText.Render(html).ShouldBe(expected);
    }

    [Theory]
    [InlineData("<html><head><title>T</title><style>p{color:red}</style></head><body>seen</body></html>")]
    [InlineData("<script>alert(1)</script>seen")]
    [InlineData("<style>x</style>seen<template>hidden</template>")]
    [InlineData("<div hidden>not</div>seen")]
    [InlineData("<div style='display:none'>preheader</div>seen")]
    [InlineData("<div style='DISPLAY : NONE !important'>preheader</div>seen")]
    [InlineData("<span style='visibility: hidden'>x</span>seen")]
    [InlineData("<!-- comment -->seen<!--[if mso]>x<![endif]-->")]
    [InlineData("<svg><text>x</text></svg>seen<object>y</object><noscript>z</noscript>")]
    [InlineData("<div style='display:\tnone'>preheader</div>seen")]
    [InlineData("<div style='display:\nnone'>preheader</div>seen")]
    public void What_a_reader_does_not_see_is_left_out(string html)
    {
        HtmlText.Render(html).ShouldBe("seen");
    }

    [Fact]
    public void Preformatted_text_keeps_its_indent()
    {
        HtmlText.Render("<pre>if x:\n    y = 1</pre>").ShouldBe("if x:\n    y = 1");
    }

    [Theory]
    [InlineData("<div>")]
    [InlineData("<b>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<ul><li>")]
    public void Ten_thousand_levels_do_not_exhaust_the_stack(string level)
    {
        var html = string.Concat(Enumerable.Repeat(level, 10_000)) + "deep";

        Should.NotThrow(() => HtmlText.Render("top" + html)).ShouldStartWith("top");
    }

    [Fact]
    public void Huge_mail_is_read_in_part()
    {
        var text = HtmlText.Render(string.Concat(Enumerable.Repeat("<p>0123456789", 1_000_000)));

        text.Length.ShouldBeInRange(500_000, 1_048_576);
        text.ShouldStartWith("0123456789\n0123456789\n");
    }

    [Fact]
    public void Cut_inside_a_character_is_clean()
    {
        HtmlText.Render(new string('a', 1024 * 1024 - 1) + "😀").ShouldBe(new string('a', 1024 * 1024 - 1));
    }

    [Theory]
    [InlineData("div")]
    [InlineData("blockquote")]
    [InlineData("span")]
    public void Elements_that_are_too_deep_are_left_out_and_what_they_say_and_what_follows_is_kept(string tag)
    {
        var (open, close) = (string.Concat(Enumerable.Repeat($"<{tag} title='a'>", 2_000)), string.Concat(Enumerable.Repeat($"</{tag}>", 2_000)));

        var text = HtmlText.Render($"<p>before</p>{open}deep<br>down{close}<p>after</p><b>bold</b>");

        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["before", "deep", "down", "after", "bold"]);
    }

    [Fact]
    public void Tags_that_end_by_themselves_are_not_deep()
    {
        var text = HtmlText.Render(string.Concat(Enumerable.Range(0, 2_000).Select(i => $"<p>{i}<br>")) + "<!-- <div> --><div>end</div>");

        text.ShouldContain("1999");
        text.TrimEnd().ShouldEndWith("end");
    }
}
