using System.Text;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Tests.Cache;

public sealed class SearchTextTests
{
    private readonly SearchText _text = new();

    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\r\n", "")]
    [InlineData("Quarterly REPORT, draft-2", "quarterly report draft 2")]
    [InlineData("ann.lee+x@Example.COM", "ann lee x example com")]
    [InlineData("报价单", "报价 价单 单")]
    [InlineData("報", "报")]
    [InlineData("报价单，已发送。", "报价 价单 单 已发 发送 送")]
    [InlineData("iPhone手机v2", "iphone 手机 机 v2")]
    [InlineData("東京タワーへ", "东京 京タ タワ ワー ーへ へ")]
    [InlineData("한국어 메일", "한국 국어 어 메일 일")]
    [InlineData("ภาษาไทย", "ภา าษ ษา าไ ไท ทย ย")]
    [InlineData("𠮷野家", "𠮷野 野家 家")]
    [InlineData("ＡＢＣ　１２３！", "abc 123")]
    [InlineData("ﾃﾞｰﾀ", "デー ータ タ")]
    [InlineData("ﬁle №5 ①", "file no5 1")]
    [InlineData("ÉCOLE Ünï", "ecole uni")]
    [InlineData("e\u0301cole", "ecole")]
    [InlineData("x\u0323y", "xy")]
    [InlineData("\u0301 a", "a")]
    [InlineData("ΟΔΟΣ οδός", "οδοσ οδοσ")]
    [InlineData("Straße STRASSE", "strasse strasse")]
    [InlineData("İstanbul ISPARTA ıspanak", "istanbul isparta ispanak")]
    [InlineData("Müller Łódź Ærø Đỗ Đà Nẵng", "muller lodz aero do da nang")]
    [InlineData("Ёлка йод мой", "елка йод мой")]
    [InlineData("ñandú façade naïve", "nandu facade naive")]
    [InlineData("שָׁלוֹם مَرْحَبًا أهلا", "שלום مرحبا اهلا")]
    [InlineData("がぎ ぱ", "がぎ ぎ ぱ")]
    [InlineData("報價單 發貨 髮", "报价 价单 单 发货 货 发")]
    [InlineData("臺灣銀行 裡 裏", "台湾 湾银 银行 行 里 里")]
    [InlineData("東京都の見\r\n積書を", "东京 京都 都の の见 见积 积书 书を を")]
    [InlineData("合同\n  已寄", "合同 同已 已寄 寄")]
    [InlineData("合同 \r\n> > 已寄", "合同 同已 已寄 寄")]
    [InlineData("合同\n\n已寄", "合同 同 已寄 寄")]
    [InlineData("合同\n　已寄", "合同 同 已寄 寄")]
    [InlineData("合同 已寄", "合同 同 已寄 寄")]
    [InlineData("合同\nok", "合同 同 ok")]
    [InlineData("한국어\n메일", "한국 국어 어 메일 일")]
    [InlineData("ภาษา\nไทย", "ภา าษ ษา าไ ไท ทย ย")]
    [InlineData("Привет МИР", "привет мир")]
    [InlineData("paid 🎉🎉 ok", "paid 🎉 🎉 ok")]
    [InlineData("❤\uFE0F", "❤")]
    [InlineData("zero\u200Bwidth soft\u00ADhyphen", "zerowidth softhyphen")]
    [InlineData("nul\0byte", "nul byte")]
    [InlineData("not\uFFFEchar é\u0323", "not char e")]
    [InlineData("lost\uFFFD\uFFFDbytes", "lost bytes")]
    [InlineData("\"AND\" OR (NEAR) *", "and or near")]
    public void Text_is_folded_into_tokens(string text, string tokens) => Tokens(text).ShouldBe(tokens);

    [Theory]
    [InlineData("报价", "报价", false)]
    [InlineData("价", "价", true)]
    [InlineData("报价单", "报价 价单", false)]
    [InlineData("报价 v2", "报价 价 v2", false)]
    [InlineData("v2报", "v2 报", true)]
    [InlineData("report", "report", false)]
    [InlineData("!?", "", false)]
    public void Phrase_does_not_end_what_may_go_on_in_the_text(string text, string tokens, bool isPrefix) =>
        _text.Phrase(text, 100).ShouldBe((tokens, isPrefix));

    [Fact]
    public void Half_a_pair_ends_a_word()
    {
        Tokens("half\uD83Dpair").ShouldBe("half pair");
        Tokens("报\uDC00价 é\u0323").ShouldBe("报 价 e");
    }

    [Fact]
    public void Word_without_end_is_cut_alike_in_text_and_query()
    {
        var word = new string('x', 200_000);

        Tokens(word + " next").ShouldBe(new string('x', SearchText.LongestWord) + " next");
        _text.Phrase(word, 300_000).Tokens.ShouldBe(new string('x', SearchText.LongestWord));
    }

    [Fact]
    public void Word_is_cut_between_characters()
    {
        var word = "a" + new string('ж', 100);

        Tokens(word).ShouldBe("a" + new string('ж', 47));
    }

    [Fact]
    public void Beyond_the_longest_nothing_is_read()
    {
        Encoding.UTF8.GetString(_text.Index("one two three", 7)).ShouldBe("one two");
        Encoding.UTF8.GetString(_text.Index("one 🎉", 5)).ShouldBe("one");
        _text.Index("one", 0).ShouldBeEmpty();
    }

    [Fact]
    public void What_compatibility_makes_longer_is_cut_again()
    {
        // One character that NFKC makes eighteen.
        var text = string.Concat(Enumerable.Repeat("\uFDFA", 1_000));

        _text.Index(text, 1_000).Length.ShouldBeLessThan(3_000);
    }

    [Fact]
    public void Very_long_text_leaves_nothing_in_the_next()
    {
        _text.Index(string.Concat(Enumerable.Repeat("报价单", 500_000)), int.MaxValue);

        Tokens("short").ShouldBe("short");
    }

    private string Tokens(string text) => Encoding.UTF8.GetString(_text.Index(text, int.MaxValue));
}
