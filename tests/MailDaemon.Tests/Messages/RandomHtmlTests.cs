using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class RandomHtmlTests
{
    private static readonly string[] Tags =
    [
        "a href=https://x.example/", "a", "b", "strong", "i", "em", "s", "code", "pre", "h1", "h6", "blockquote", "blockquote type=cite", "ul", "ol start=7", "li", "table border=1", "table", "tr", "td", "th", "tbody", "caption",
        "p", "div", "div class=gmail_quote", "div style=display:none", "div style='height:0;overflow:hidden'", "span style=color:#fff", "font color=red", "details", "summary", "select", "option", "svg", "math", "template", "iframe",
        "noscript", "object", "button", "center", "dl", "dd", "form", "frameset", "body", "html", "head", "style", "textarea", "title", "col", "ruby", "rp", "hr", "br", "img alt=x", "img", "td style='font:0/0 a'", "o:p",
    ];

    private static readonly string[] Texts = ["", " ", "\n", "x", " y ", "*", "`", "```", "|", "> ", "&nbsp;", "&#0;", "😀", "\ud83d", "\u200b", "<", "</", "<!--", "-->", "<![CDATA[", "]]>", "On 1 Jan 2026 08:00 a@x.test wrote:", "From: a\n", "{color:red}", "@media", "\\"];

    [Fact]
    public void No_nesting_of_elements_throws()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var html = Random(new Random(seed));
            foreach (var (name, render) in ((string, Action)[])
            [
                ("text", () => HtmlText.Render(html)),
                ("markdown", () => HtmlMarkdown.Render(html)),
                ("quotes", () => MessageBody.Of(new MessageContent { Text = html, Html = html, IsTextDerived = true }, new BodyOptions(BodyFormat.Text, StripQuotes: true), "Re: x").ShouldNotBeNull().Defect.ShouldBeNull()),
                ("quotes in markdown", () => MessageBody.Of(new MessageContent { Text = html, Html = html }, new BodyOptions(BodyFormat.Markdown, StripQuotes: true), "Re: x").ShouldNotBeNull().Defect.ShouldBeNull()),
                ("quotes in html", () => MessageBody.Of(new MessageContent { Text = html, Html = html }, new BodyOptions(BodyFormat.Html, StripQuotes: true), "Re: x").ShouldNotBeNull().Defect.ShouldBeNull()),
            ])
                Should.NotThrow(render, $"{name}, seed {seed}: {html}");
        }
    }

    [Fact]
    public void Mail_that_cannot_be_rendered_is_shown_as_its_text_with_a_defect()
    {
        var body = MessageBody.Guarded(new MessageContent { Text = "plain", Html = "<p>x" }, () => throw new InvalidOperationException());

        (body.Content, body.ContentType).ShouldBe(("plain", "text"));
        body.Defect.ShouldNotBeNull().ShouldContain("cannot be rendered");
    }

    private static string Random(Random random)
    {
        var html = new StringBuilder();
        var open = new Stack<string>();
        for (var i = random.Next(1, 60); i > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    var tag = Tags[random.Next(Tags.Length)];
                    html.Append('<').Append(tag).Append('>');
                    open.Push(tag.Split(' ')[0]);
                    break;
                case 2 when open.Count > 0:
                    html.Append("</").Append(random.Next(5) == 0 ? Tags[random.Next(Tags.Length)].Split(' ')[0] : open.Pop()).Append('>');
                    break;
                default:
                    html.Append(Texts[random.Next(Texts.Length)]);
                    break;
            }
        }

        return html.ToString();
    }
}
