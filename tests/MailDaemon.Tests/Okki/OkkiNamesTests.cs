using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Tests.Okki;

/// <summary>Domains, the other side of a mail, and the text of records.</summary>
public sealed class OkkiNamesTests
{
    [Theory]
    [InlineData("mail.acme.co.uk", "acme.co.uk")]
    [InlineData("ACME.com.", "acme.com")]
    [InlineData("a.b.acme.com.cn", "acme.com.cn")]
    [InlineData("co.uk", null)]
    [InlineData("www.ck", "www.ck")]
    [InlineData("foo.bar.ck", "foo.bar.ck")]
    [InlineData("bar.ck", null)]
    [InlineData("mail.例子.中国", "xn--fsqu00a.xn--fiqs8s")]
    [InlineData("acme.example", "acme.example")]
    [InlineData("localhost", null)]
    [InlineData("10.0.0.1", null)]
    [InlineData("", null)]
    public void Registrable_domain_is_found(string host, string? expected) => PublicSuffixes.Registrable(host).ShouldBe(expected);

    [Theory]
    [InlineData("gmail.com", true)]
    [InlineData("qq.com", true)]
    [InlineData("vip.163.com", true)]
    [InlineData("yahoo.co.jp", true)]
    [InlineData("hotmail.fr", true)]
    [InlineData("outlook.com.br", true)]
    [InlineData("mail.foxmail.com", true)]
    [InlineData("mailbox.internal.example", true)]
    [InlineData("tkscable.com", false)]
    [InlineData("gmail.acme.com", false)]
    [InlineData("qq-lighting.com", false)]
    public void Domain_of_a_mail_provider_is_known(string domain, bool isPublic) => PublicDomains.IsPublic(domain, ["internal.example"]).ShouldBe(isPublic);

    [Fact]
    public void Other_side_is_the_sender_or_who_was_written_to_and_never_one_of_us()
    {
        var us = new Ourselves(["lina@sandbox.test", "lina.private@gmail.com"], new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "tom@qq.com" }, []);
        var (inbound, sender) = Of("ann@acme.com", "sales@acme.com", "lina@sandbox.test");
        var (outbound, recipients) = Of("lina@sandbox.test", null, "tom@sandbox.test, bob@acme.com, x@gmail.com");

        (inbound, string.Join(' ', sender)).ShouldBe((false, "sales@acme.com ann@acme.com"));
        (outbound, string.Join(' ', recipients)).ShouldBe((true, "bob@acme.com x@gmail.com"));
        var (colleague, customers) = Of("Tom@qq.com", null, "tim@qq.com, lina@sandbox.test");
        (colleague, string.Join(' ', customers)).ShouldBe((true, "tim@qq.com"));

        (bool, IEnumerable<string>) Of(string from, string? replyTo, string to)
        {
            var (isOutgoing, others) = Counterparty.Of(new("", from), EmailAddress.TryParseList(replyTo ?? "") ?? [], EmailAddress.TryParseList(to)!, [], us);
            return (isOutgoing, others.Select(other => other.Address));
        }
    }

    [Fact]
    public void Record_of_a_mail_reads_as_the_seed_says()
    {
        var source = new TrailSource
        {
            Mail = new MailTrail
            {
                Subject = "询价\n[#deadbeef]",
                Date = new DateTimeOffset(2026, 3, 24, 1, 56, 0, TimeSpan.Zero),
                From = new EmailAddress("Service", "service@tkscable.com"),
                To = [new EmailAddress("", "lina@sandbox.test")],
                Text = new string('长', 250),
                Attachments = ["drawing.pdf", "规格.xlsx"],
            },
        };

        TrailContent.Of("email", "msgid:1@x", source, 7, isEnglish: false).ShouldBe(
            $"【收到邮件】\n主题：询价 [ #deadbeef]\n时间：2026-03-24 09:56\n发件人：Service <service@tkscable.com>\n收件人：lina@sandbox.test\n摘要：{new string('长', 200)}…\n附件：drawing.pdf，规格.xlsx\n{TrailContent.Marker("email", "msgid:1@x", 7)}");
        TrailContent.Of("email", "msgid:1@x", source, 7, isEnglish: true).ShouldStartWith("[Mail received]\nSubject: 询价 [ #deadbeef]\nTime: 2026-03-24 01:56 UTC\nFrom: Service <service@tkscable.com>\n");
        TrailContent.Marker("email", "msgid:1@x", 7).ShouldMatch(@"^\[#[0-9a-f]{8}\]$");
        TrailContent.Marker("email", "msgid:1@x", 8).ShouldNotBe(TrailContent.Marker("email", "msgid:1@x", 7));
    }

    [Fact]
    public void Record_of_a_quotation_lists_its_products()
    {
        var source = new TrailSource { Quotation = new Quotation { Number = "QT-E2E-002", Date = "2026-03-24", Total = "USD 9730.00", ValidUntil = "2026-04-24", Products = [new("NYM-J 3x1.5", "1000", "0.42"), new("电缆", "500", "1.1")] } };

        TrailContent.Of("quotation", "quote:QT-E2E-002:1", source, 7, isEnglish: false).ShouldStartWith(
            "【报价单】：QT-E2E-002\n日期：2026-03-24\n总金额：USD 9730.00\n有效期至：2026-04-24\n产品明细：\n- NYM-J 3x1.5 × 1000 @ 0.42\n- 电缆 × 500 @ 1.1\n[#");
    }
}
