using MailDaemon.Engine.Okki;
using Xunit.Abstractions;

namespace MailDaemon.Tests.Okki;

/// <summary>The embedded search on a labelled set.</summary>
public sealed class LexicalIndexTests(ITestOutputHelper output)
{
    [Fact]
    public void Of_two_hundred_mails_hardly_one_is_given_to_the_wrong_customer_and_most_are_found()
    {
        CustomerSet.Customers.Count.ShouldBeGreaterThanOrEqualTo(300);
        CustomerSet.Mails.Count.ShouldBeGreaterThanOrEqualTo(200);
        var index = new LexicalIndex(CustomerSet.Customers);
        var results = CustomerSet.Mails.Select(mail => (Mail: mail, Hit: Accepted(index.Search(mail.Query, 5)))).ToList();

        var wrong = results.Where(result => result.Hit is not null && result.Hit.CompanyId != result.Mail.CompanyId).ToList();
        var right = results.Count(result => result.Hit is not null && result.Hit.CompanyId == result.Mail.CompanyId);
        var ours = results.Count(result => result.Mail.CompanyId is not null);
        output.WriteLine($"right {right}, wrong {wrong.Count}, of {results.Count} mails, {ours} of customers: precision {right / (double)(right + wrong.Count):0.000}, recall {right / (double)ours:0.000}");
        foreach (var (mail, hit) in wrong)
            output.WriteLine($"wrong: {mail.Kind} {mail.Query} -> {hit!.Name} {hit.Score:0.00}");
        foreach (var group in results.Where(result => result.Mail.CompanyId is not null && result.Hit is null).GroupBy(result => result.Mail.Kind))
            output.WriteLine($"missed: {group.Key} {group.Count()}, {group.First().Mail.Query}: {string.Join(", ", index.Search(group.First().Mail.Query, 3).Select(hit => $"{hit.Name} {hit.Score:0.00}"))}");
        wrong.Count.ShouldBeLessThanOrEqualTo(results.Count / 100);
        (right / (double)ours).ShouldBeGreaterThan(0.85);
    }

    [Theory]
    [InlineData("Nordlicht Leuchten", "Nordlicht Leuchten GmbH", true)]
    [InlineData("NORDLICHT-LEUCHTEN Gmbh & Co KG", "Nordlicht Leuchten GmbH", true)]
    [InlineData("Mueller Kabeltechnik", "Müller Kabeltechnik AG", true)]
    [InlineData("华联电气", "深圳市华联电气有限公司", true)]
    [InlineData("Südlicht Leuchten", "Nordlicht Leuchten GmbH", false)]
    [InlineData("Anna", "Nordlicht Leuchten GmbH", false)]
    [InlineData("", "Nordlicht Leuchten GmbH", false)]
    [InlineData("华为电气", "深圳市华联电气有限公司", false)]
    public void Name_is_recognised(string sender, string customer, bool isFound)
    {
        var index = new LexicalIndex([new CrmCompany(1, customer), .. CustomerSet.Customers]);

        (Accepted(index.Search(new CustomerQuery(new(sender, "x1@gmail.com"), "", ""), 5))?.CompanyId == 1).ShouldBe(isFound);
    }

    [Theory]
    [InlineData("", "您好，我是深圳市华联电气有限公司的王强", 1)]
    [InlineData("", "请问华联电气的报价什么时候可以给我们", 1)]
    [InlineData("关于华联电气订单的问题", "", 1)]
    [InlineData("", "我们公司鼎旺有限公司想询价", 3)]
    [InlineData("", "这里是ひかり照明株式会社の田中です", 4)]
    [InlineData("华联电气照明的询价单", "", 2)]
    [InlineData("Inquiry from Nordwind Leuchten GmbH", "", 5)]
    [InlineData("Nordwind Leuchten: PO 12", "", 5)]
    [InlineData("", "Regards\nTom\nNordwind Leuchten GmbH", 5)]
    [InlineData("Nordwind - PO 12", "", 6)]
    [InlineData("Nordwind Leuchten and Nordwind Kabelbau", "", null)]
    [InlineData("Offer of Kabelbau Alpha Zwei", "", 8)]
    [InlineData("", "请问有电缆吗？谢谢", null)]
    [InlineData("", "联系电气工程师", null)]
    public void Name_is_found_inside_a_run_of_characters_and_the_longer_name_before_the_one_inside_it(string subject, string text, int? company)
    {
        var index = new LexicalIndex(
        [
            new CrmCompany(1, "深圳市华联电气有限公司"), new CrmCompany(2, "华联电气照明有限公司"), new CrmCompany(3, "鼎旺有限公司"), new CrmCompany(4, "ひかり照明株式会社"),
            new CrmCompany(5, "Nordwind Leuchten GmbH"), new CrmCompany(6, "Windpark Nord AG") { ShortName = "Nordwind" }, new CrmCompany(7, "Nordwind Kabelbau GmbH"),
            new CrmCompany(8, "Kabelbau Alpha Zwei GmbH"), new CrmCompany(9, "Alpha") { Homepage = "https://alpha-zwei.com" },
            .. CustomerSet.Customers,
        ]);

        var hits = index.Search(new CustomerQuery(new("", "x1@gmail.com"), subject, text), 5);
        ((int?)Accepted(hits)?.CompanyId).ShouldBe(company, string.Join(", ", hits.Select(hit => $"{hit.Name} {hit.Score:0.00}")));
    }

    [Fact]
    public void Nothing_is_found_among_nobody() => new LexicalIndex([]).Search(new CustomerQuery(new("Ann", "ann@gmail.com"), "a", "b"), 5).ShouldBeEmpty();

    private static CustomerHit? Accepted(IReadOnlyList<CustomerHit> hits) =>
        hits.Count == 0 || hits[0].Score < CustomerSearches.MinScore || (hits.Count > 1 && hits[0].Score - hits[1].Score < CustomerSearches.MinMargin) ? null : hits[0];
}
