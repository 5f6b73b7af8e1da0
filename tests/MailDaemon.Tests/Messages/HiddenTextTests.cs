using MailDaemon.Engine.Messages;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>What of a mail's HTML nobody sees, as a browser has it.</summary>
public sealed class HiddenTextTests
{
    /// <summary>Pixels of a form in the browser's window.</summary>
    private const int FormHeight = 72;

    private const string First = "HXHXHXHX";
    private const string Second = "OKOKOKOK";

    /// <summary>A page of its own for each form. The text is in a font of equal widths, so that another text changes nothing else.</summary>
    private const string Write =
        """
        ([forms, text]) => {
            for (const form of forms) {
                const frame = document.body.appendChild(document.createElement('iframe'));
                frame.contentDocument.open();
                frame.contentDocument.write(form.replace('TEXT', `<tt>${text}</tt>`));
                frame.contentDocument.close();
            }
        }
        """;

    private const string Exchange =
        """
        ([forms, before, after]) => {
            for (const frame of document.querySelectorAll('iframe')) {
                const walk = frame.contentDocument.createTreeWalker(frame.contentDocument, NodeFilter.SHOW_TEXT);
                while (walk.nextNode())
                    walk.currentNode.data = walk.currentNode.data.replace(before, after);
            }
        }
        """;

    /// <summary>Counts in each band of two pictures the pixels that differ by more than an eye would miss.</summary>
    private const string Compare =
        """
        async ([first, second, height, count]) => {
            const pixels = async data => {
                const image = new Image();
                image.src = 'data:image/png;base64,' + data;
                await image.decode();
                const canvas = new OffscreenCanvas(image.width, image.height);
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0);
                return context.getImageData(0, 0, image.width, image.height);
            };
            const [a, b] = [await pixels(first), await pixels(second)];
            const changed = new Array(count).fill(0);
            for (let i = 0; i < a.data.length; i += 4) {
                if (Math.max(Math.abs(a.data[i] - b.data[i]), Math.abs(a.data[i + 1] - b.data[i + 1]), Math.abs(a.data[i + 2] - b.data[i + 2])) > 24)
                    changed[Math.min(count - 1, Math.floor(i / 4 / a.width / height))]++;
            }
            return changed;
        }
        """;

    [ChromiumFact]
    public async Task Text_that_changes_no_pixel_is_left_out_and_text_that_does_is_kept()
    {
        await using var browser = await Browser.OpenAsync();
        var changed = new List<int>();
        foreach (var forms in HiddenForms.All.Chunk(80))
        {
            await browser.Page.SetViewportSizeAsync(1280, FormHeight * forms.Length);
            await browser.Page.SetContentAsync($"<!doctype html><style>body{{margin:0;background:#fff}}iframe{{display:block;border:0;width:1280px;height:{FormHeight}px}}</style>");
            var pictures = new List<string>();
            foreach (var script in (string[])[Write, Exchange])
            {
                await browser.Page.EvaluateAsync(script, new object[] { forms, First, Second });
                pictures.Add(Convert.ToBase64String(await browser.Page.ScreenshotAsync()));
            }

            changed.AddRange(await browser.Page.EvaluateAsync<int[]>(Compare, new object[] { pictures[0], pictures[1], FormHeight, forms.Length }));
        }

        changed.Count.ShouldBe(HiddenForms.All.Count);
        changed.Count(pixels => pixels == 0).ShouldBeGreaterThan(60);
        changed.Count(pixels => pixels > 0).ShouldBeGreaterThan(30);
        var wrong = HiddenForms.All.Zip(changed)
            .Where(form => HtmlText.Render(form.First.Replace("TEXT", First, StringComparison.Ordinal)).Contains(First, StringComparison.Ordinal) != form.Second > 0)
            .Select(form => $"{form.Second} pixels: {form.First}");
        wrong.ShouldBeEmpty();
    }

    /// <summary>What a browser cannot tell: pictures are not loaded here, nobody reads letters of a pixel or in almost the colour of the paper.</summary>
    [Theory]
    [InlineData("<img src=x width=1 height=1 alt=TEXT>")]
    [InlineData("<img src=x width=600 height=0 alt=TEXT>")]
    [InlineData("<img src=x style='display:none' alt=TEXT>")]
    [InlineData("<div style='opacity:0'><img src=x alt=TEXT></div>")]
    [InlineData("<style>.p{visibility:hidden}</style><img class=p src=x alt=TEXT>")]
    [InlineData("<p style='font-size:1px'>TEXT</p>")]
    [InlineData("<p style='color:#fefefe'>TEXT</p>")]
    [InlineData("<p style='color:#f0f0f0'>TEXT</p>")]
    [InlineData("<p style='background:#000;color:#0a0a0a'>TEXT</p>")]
    [InlineData("<p style='line-height:0;overflow:hidden'>TEXT</p>")]
    [InlineData("<p style='letter-spacing:-1em'>TEXT</p>")]
    [InlineData("<select><option>first</option><option>TEXT</option></select>")]
    [InlineData("<object data=x>TEXT</object>")]
    [InlineData("<body><noscript><p>TEXT</p></noscript>")]
    [InlineData("<svg><text>TEXT</text></svg>")]
    [InlineData("<div style='filter:blur(20px)'>TEXT</div>")]
    public void Text_that_nobody_reads_is_left_out(string html)
    {
        foreach (var text in (string[])[HtmlText.Render(html), HtmlMarkdown.Render(html)])
            text.ShouldNotContain("TEXT");
        HtmlText.Read(html).HiddenCharacters.ShouldBe(4);
    }

    [Theory]
    [InlineData("<img src=x alt=TEXT>")]
    [InlineData("<td style='font-size:0'><img src=x alt=TEXT></td>")]
    [InlineData("<div style='background:url(https://x.example/a.png);color:#fff'>TEXT</div>")]
    [InlineData("<table background='https://x.example/a.png'><tr><td style='color:#fff'>TEXT</td></tr></table>")]
    [InlineData("<p style='mso-hide:all'>TEXT</p>")]
    public void Text_that_somebody_may_read_is_kept(string html)
    {
        foreach (var text in (string[])[HtmlText.Render(html), HtmlMarkdown.Render(html)])
            text.ShouldContain("TEXT");
        HtmlText.Read(html).HiddenCharacters.ShouldBe(0);
    }

    [Fact]
    public void Sheets_and_trees_of_the_senders_choice_are_read_in_time()
    {
        var deep = string.Concat(Enumerable.Repeat("<div class=a>", 250));
        string[] hostile =
        [
            $"<style>{string.Concat(Enumerable.Range(0, 5_000).Select(i => $"* * * * * * * * .n{i}, div div div div div div div .a:nth-child({i}){{display:none}}"))}</style>{deep}<p>seen",
            $"<style>{new string('{', 100_000)}</style><p>seen",
            $"<style>{string.Concat(Enumerable.Repeat("@media(", 50_000))}</style><p>seen",
            $"<style>{string.Concat(Enumerable.Repeat(".a{.b{", 50_000))}color:red</style><p>seen",
            $"<style>:root{{{string.Concat(Enumerable.Range(0, 500).Select(i => $"--v{i}:var(--v{i + 1}) var(--v{i + 1});"))}}}p{{color:var(--v0)}}</style><p>seen",
            $"<p style='width:{string.Concat(Enumerable.Repeat("calc(", 50_000))}'>seen",
            $"<p style='color:{string.Concat(Enumerable.Repeat("color-mix(in srgb,", 20_000))}'>seen",
            string.Concat(Enumerable.Repeat("<i hidden>x</i>", 60_000)) + "<p>seen",
        ];

        foreach (var html in hostile)
            HtmlText.Render(html).ShouldContain("seen", customMessage: html[..40]);
    }
}
