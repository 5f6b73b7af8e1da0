using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Tests.Rules;

public sealed class RuleMatcherTests
{
    private static readonly MessageDetail Mail = RuleSamples.Mail();

    [Theory]
    [InlineData("equals", "ceo@corp.example")]
    [InlineData("contains", "ceo@corp.example")]
    [InlineData("starts_with", "ceo@")]
    [InlineData("ends_with", "@corp.example")]
    [InlineData("matches_regex", "ceo@corp\\.example")]
    [InlineData("in_domain", "corp.example")]
    public void Address_in_a_display_name_or_in_other_letters_is_none(string op, string value)
    {
        bool IsMatched(string name, string address) => new RuleMatcher(RuleSamples.Rule(new RuleCondition("from", op, value)))
            .Judge(new RuleSubject(new MessageDetail(Mail with { From = new EmailAddress(name, address) }, new MessageContent { Text = "" }, BodyOptions.AsSent))) == RuleVerdict.Yes;

        IsMatched("", "CEO@Corp.Example").ShouldBeTrue();
        IsMatched("ceo@corp.example", "x@evil.example").ShouldBeFalse("a display name");
        IsMatched("Boss <ceo@corp.example>", "x@evil.example").ShouldBeFalse("a display name");
        IsMatched("", "ｃｅｏ@ｃｏｒｐ.ｅｘａｍｐｌｅ").ShouldBeFalse("full-width letters");
        IsMatched("", "c\u0435o@corp\u0435.example").ShouldBeFalse("Cyrillic letters");
    }

    [Theory]
    [InlineData("equals", "kim@kos.example")]
    [InlineData("matches_regex", "^kim@kos\\.example$")]
    [InlineData("in_domain", "kos.example")]
    public void Letter_whose_other_case_is_an_ascii_one_is_another(string op, string value)
    {
        var matcher = new RuleMatcher(RuleSamples.Rule(new RuleCondition("from", op, value)));

        matcher.Judge(new RuleSubject(new MessageDetail(Mail with { From = new EmailAddress("", "\u212Aim@\u212Ao\u017F.example") }, new MessageContent { Text = "" }, BodyOptions.AsSent))).ShouldBe(RuleVerdict.No);
        matcher.Judge(new RuleSubject(new MessageDetail(Mail with { From = new EmailAddress("", "KIM@KOS.example") }, new MessageContent { Text = "" }, BodyOptions.AsSent))).ShouldBe(RuleVerdict.Yes);
    }

    [Theory]
    [InlineData("subject", "contains", "报价", true)]
    [InlineData("subject", "contains", "ＬＥＤ", true)]
    [InlineData("subject", "contains", "led", true)]
    [InlineData("subject", "not_contains", "发票", true)]
    [InlineData("subject", "not_contains", "报价", false)]
    [InlineData("subject", "equals", "回复：报价单 led panel", true)]
    [InlineData("subject", "not_equals", "回复：报价单 LED Panel", false)]
    [InlineData("subject", "starts_with", "回复:", true)]
    [InlineData("subject", "ends_with", "PANEL", true)]
    [InlineData("subject", "ends_with", "报价单", false)]
    [InlineData("subject", "matches_regex", "报价.*panel$", true)]
    [InlineData("subject", "matches_regex", "^Panel", false)]
    [InlineData("from", "contains", "陈静", true)]
    [InlineData("from", "equals", "CHEN@huaxin.example", true)]
    [InlineData("from", "equals", "陈静", true)]
    [InlineData("from", "contains", "陈静 <chen@", false)]
    [InlineData("from", "equals", "陈静 <Chen@huaxin.example>", true)]
    [InlineData("from", "matches_regex", "^chen@.*\\.example$", true)]
    [InlineData("from", "in_domain", "huaxin.example", true)]
    [InlineData("from", "in_domain", "@HUAXIN.example", true)]
    [InlineData("from", "in_domain", "xin.example", false)]
    [InlineData("to", "in_domain", "example.com", true)]
    [InlineData("to", "contains", "second@", true)]
    [InlineData("to", "not_contains", "second@", false)]
    [InlineData("to", "not_equals", "nobody@example.com", true)]
    [InlineData("cc", "in_domain", "bücher.example", true)]
    [InlineData("cc", "in_domain", "xn--bcher-kva.example", true)]
    [InlineData("cc", "contains", "boss", true)]
    [InlineData("any_recipient", "equals", "boss@xn--bcher-kva.example", true)]
    [InlineData("any_recipient", "equals", "chen@huaxin.example", false)]
    [InlineData("body", "contains", "138 元", true)]
    [InlineData("body", "matches_regex", @"\d+ 元/套", true)]
    [InlineData("attachment_name", "ends_with", ".pdf", true)]
    [InlineData("attachment_name", "contains", "报价单", true)]
    [InlineData("attachment_name", "not_contains", ".exe", true)]
    [InlineData("has_attachment", "is_true", "", true)]
    [InlineData("has_attachment", "is_false", "", false)]
    [InlineData("size", "greater_than", "2000", true)]
    [InlineData("size", "greater_than", "2 KB", true)]
    [InlineData("size", "less_than", "3KB", true)]
    [InlineData("size", "equals", "2500", true)]
    [InlineData("folder", "equals", "inbox", true)]
    [InlineData("folder", "equals", "INBOX", true)]
    [InlineData("folder", "contains", "项目", false)]
    [InlineData("list_id", "contains", "announce", true)]
    [InlineData("header:X-Priority", "equals", "1 (highest)", true)]
    [InlineData("header:x-priority", "starts_with", "1", true)]
    [InlineData("header:X-None", "contains", "a", false)]
    [InlineData("header:X-None", "not_contains", "a", true)]
    [InlineData("header:Received", "contains", "second", true)]
    public void Condition_is_judged(string field, string op, string value, bool isMatched)
    {
        var rule = RuleSamples.Rule(new RuleCondition(field, op, value));

        new RuleMatcher(rule).Judge(Subject()).ShouldBe(isMatched ? RuleVerdict.Yes : RuleVerdict.No);
        new RuleMatcher(rule).Explain(Subject()).ShouldHaveSingleItem().IsMatched.ShouldBe(isMatched);
    }

    [Fact]
    public void All_conditions_must_hold_or_one_is_enough()
    {
        RuleCondition yes = new("subject", "contains", "报价"), no = new("subject", "contains", "invoice");

        Judge(RuleSamples.Rule(yes, no)).ShouldBe(RuleVerdict.No);
        Judge(RuleSamples.Rule(yes, yes)).ShouldBe(RuleVerdict.Yes);
        Judge(RuleSamples.Rule(no, yes) with { IsAny = true }).ShouldBe(RuleVerdict.Yes);
        Judge(RuleSamples.Rule(no, no) with { IsAny = true }).ShouldBe(RuleVerdict.No);
        Judge(RuleSamples.Rule() with { MatchAll = true }).ShouldBe(RuleVerdict.Yes);
    }

    [Fact]
    public void Header_is_asked_for_only_when_it_decides()
    {
        RuleCondition header = new("header:X-Priority", "equals", "1"), yes = new("subject", "contains", "报价"), no = new("subject", "contains", "invoice");
        var without = new RuleSubject(Mail);

        new RuleMatcher(RuleSamples.Rule(header, no)).Judge(without).ShouldBe(RuleVerdict.No);
        new RuleMatcher(RuleSamples.Rule(header, yes) with { IsAny = true }).Judge(without).ShouldBe(RuleVerdict.Yes);
        new RuleMatcher(RuleSamples.Rule(header, yes)).Judge(without).ShouldBe(RuleVerdict.NeedsHeaders);
    }

    [Fact]
    public void Explanation_says_what_the_message_has_in_the_order_of_the_rule()
    {
        var rule = RuleSamples.Rule(new RuleCondition("header:X-Priority", "equals", "5"), new RuleCondition("from", "contains", "huaxin"), new RuleCondition("size", "less_than", "10"));

        var explained = new RuleMatcher(rule).Explain(Subject());

        explained.Select(e => (e.Condition.Field, e.IsMatched, e.Actual)).ShouldBe(
            [("header:X-Priority", false, "1 (Highest)"), ("from", true, "陈静 <chen@huaxin.example>; chen@huaxin.example; 陈静"), ("size", false, "2500")]);
    }

    [Fact]
    public void Expression_that_would_take_for_ever_costs_what_the_text_is_long()
    {
        var rule = RuleSamples.Rule(new RuleCondition("body", "matches_regex", "^(a+)+$"));
        var mail = RuleSamples.Mail(text: new string('a', 200_000) + "!");

        new RuleMatcher(rule).Judge(new RuleSubject(mail)).ShouldBe(RuleVerdict.No);
    }

    [Fact]
    public void Text_with_half_a_character_is_compared_all_the_same()
    {
        var mail = RuleSamples.Mail(text: "before \ud83d after 报价");

        new RuleMatcher(RuleSamples.Rule(new RuleCondition("body", "contains", "报价"))).Judge(new RuleSubject(mail)).ShouldBe(RuleVerdict.Yes);
    }

    private static RuleVerdict Judge(Rule rule) => new RuleMatcher(rule).Judge(Subject());

    private static RuleSubject Subject() => new(Mail, [new("X-Priority", "1 (Highest)"), new("Received", "first"), new("Received", "second hop")]);
}
