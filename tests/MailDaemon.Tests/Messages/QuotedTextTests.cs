using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class QuotedTextTests
{
    [Theory]
    [InlineData("Yes.\n\nOn Mon, Jan 5, 2026 at 8:00 AM Ann <ann@example.com> wrote:\n> Shall we?\n> Ann", "Yes.")]
    [InlineData("Yes.\n\nOn Mon, Jan 5, 2026 at 8:00 AM Ann\n<ann@example.com> wrote:\n\n> Shall we?", "Yes.")]
    [InlineData("Ja.\n\nAm 05.01.2026 um 08:00 schrieb Ann <ann@example.com>:\n> Wollen wir?", "Ja.")]
    [InlineData("Oui.\n\nLe lun. 5 janv. 2026 à 08:00, Ann <ann@example.com> a écrit :\n> On y va ?", "Oui.")]
    [InlineData("好的。\n\n张伟 <zhang@acme.cn> 于2026年1月5日周一 08:00写道：\n> 可以吗？", "好的。")]
    [InlineData("好的。\n\n在 2026-01-05 08:00:00，\"张伟\" <zhang@acme.cn> 写道：\n\n可以吗？", "好的。")]
    [InlineData("Yes.\n\n-----Original Message-----\nFrom: Ann\nShall we?", "Yes.")]
    [InlineData("好的。\n\n------------------ 原始邮件 ------------------\n发件人: \"张伟\"\n可以吗？", "好的。")]
    [InlineData("Yes.\n\n________________________________\nFrom: Ann <ann@example.com>\nSent: Monday\nTo: Me\nSubject: Q\n\nShall we?", "Yes.")]
    [InlineData("Yes.\n\nFrom: Ann <ann@example.com>\nSent: Monday, January 5, 2026\nTo: Me\nSubject: Q\n\nShall we?", "Yes.")]
    [InlineData("好的。\n\n发件人： 张伟\n发送时间： 2026-01-05\n收件人： 我\n主题： 报价\n\n可以吗？", "好的。")]
    [InlineData("Yes.\n-- \nAnn\nNordlicht GmbH", "Yes.")]
    [InlineData("> Shall we?\nYes.\n> And when?\nTomorrow.", "> Shall we?\nYes.\n> And when?\nTomorrow.")]
    [InlineData("On Mon, Ann <ann@example.com> wrote:\n> Shall we?\n\nYes.", "On Mon, Ann <ann@example.com> wrote:\n> Shall we?\n\nYes.")]
    [InlineData("> Shall we?\nYes.\n> And when?", "> Shall we?\nYes.")]
    [InlineData("Yes.\n\n> Shall we?\n\n-- \nAnn", "Yes.")]
    [InlineData("Yes.\n\n-- \nAnn\n\nOn 5 Jan 2026 at 08:00 Bob wrote:\n> Shall we?", "Yes.")]
    [InlineData("Hello\n-- \nAnn\n\n> Shall we?\nMy answer below", "Hello\n-- \nAnn\n\n> Shall we?\nMy answer below")]
    [InlineData("We looked.\n\nOn 5 January 2026 we wrote:\na letter", "We looked.\n\nOn 5 January 2026 we wrote:\na letter")]
    [InlineData("Own.\n________________________________\nMore of one's own.", "Own.\n________________________________\nMore of one's own.")]
    [InlineData("Route:\nFrom: Hamburg\nTo: Shanghai\nDate: 5 March\nGo.", "Route:\nFrom: Hamburg\nTo: Shanghai\nDate: 5 March\nGo.")]
    [InlineData("FYI, please quote.\n\n---------- Forwarded message ---------\nFrom: Ann\n\nPanels?\n\nOn 5 Jan 2026 at 08:00 Bob <b@x.test> wrote:\n> old", "FYI, please quote.\n\n---------- Forwarded message ---------\nFrom: Ann\n\nPanels?\n\nOn 5 Jan 2026 at 08:00 Bob <b@x.test> wrote:\n> old")]
    [InlineData("Siehe unten.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Ann\nBetreff: X\nDatum: 5. Januar 2026\n\nPanels?", "Siehe unten.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Ann\nBetreff: X\nDatum: 5. Januar 2026\n\nPanels?")]
    [InlineData("请报价。\n\n-------- 转发邮件信息 --------\n发件人: 张伟\n日期: 2026-01-05\n主题: 询价\n\n200件", "请报价。\n\n-------- 转发邮件信息 --------\n发件人: 张伟\n日期: 2026-01-05\n主题: 询价\n\n200件")]
    [InlineData("Oui.\n\nDe : Ann <ann@example.com>\nEnvoyé : lundi 5 janvier 2026 08:00\nÀ : Moi\nObjet : Q\n\nOn y va ?", "Oui.")]
    [InlineData("好的。\n\n---- Replied Message ----\n| From | Ann<ann@example.com> |\n| Date | 01/05/2026 08:00 |\n| Subject | Q |\n\n可以吗？", "好的。")]
    [InlineData("好的。\n\nAt 2026-01-05 08:00:00, \"Ann\" <ann@example.com> wrote:\n\n可以吗？", "好的。")]
    [InlineData("Nothing quoted.\n\nTwo paragraphs.", "Nothing quoted.\n\nTwo paragraphs.")]
    [InlineData("From: the beginning it was clear.\nWe go.", "From: the beginning it was clear.\nWe go.")]
    [InlineData("On Monday we wrote:\na letter", "On Monday we wrote:\na letter")]
    [InlineData("---------- Forwarded message ---------\nFrom: Ann\nShall we?", "---------- Forwarded message ---------\nFrom: Ann\nShall we?")]
    [InlineData("", "")]
    public void Own_words_are_told_from_quoted_ones(string text, string own) => QuotedText.Strip(text).ShouldBe(own);

    [Theory]
    [InlineData("FW: Panels", true)]
    [InlineData("Fwd: Re: Panels", true)]
    [InlineData("WG: Panels", true)]
    [InlineData("转发：询价", true)]
    [InlineData("[EXT] Fwd: x", true)]
    [InlineData("Re: FW: Panels", false)]
    [InlineData("Forward planning", false)]
    [InlineData("Import: x", false)]
    public void Subject_tells_a_forward_from_an_answer(string subject, bool isForward)
    {
        const string Text = "Please quote.\n\nFrom: Ann <ann@example.com>\nSent: Monday, January 5, 2026\nTo: Me\nSubject: Q\n\nPanels?";

        QuotedText.Own(Text, subject).ShouldBe(isForward ? (Text, false) : ("Please quote.", true));
    }

    [Fact]
    public void Hostile_text_comes_to_an_end()
    {
        var text = string.Concat(Enumerable.Repeat("On 1 <a@b> wrote wrote\n", 20_000)) + new string('_', 100_000);

        QuotedText.Strip(text).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("<p>Yes.</p><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon Ann wrote:</div><blockquote>Shall we?</blockquote></div>", "Yes.")]
    [InlineData("<p>Yes.</p><blockquote type=\"cite\">Shall we?</blockquote>", "Yes.")]
    [InlineData("<div>Yes.</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\">From: Ann</div><div>Shall we?</div>", "Yes.")]
    [InlineData("<p>Yes.</p><div class=\"gmail_signature\">Ann</div>", "Yes.")]
    [InlineData("<blockquote type=\"cite\">all of it</blockquote>", "> all of it")]
    public void Quotation_is_taken_out_of_html(string html, string own) => MessageBody.Of(new MessageContent { Text = "", Html = html }, new BodyOptions(BodyFormat.Markdown, StripQuotes: true), "Re: x").ShouldNotBeNull().Content.ShouldBe(own);
}
