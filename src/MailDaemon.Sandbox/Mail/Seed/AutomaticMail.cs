using MailDaemon.Protocols.Mime;
using static MailDaemon.Sandbox.Mail.MessageFlags;
using static MailDaemon.Sandbox.Mail.Seed.SeedPeople;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>What machines send: newsletters, notices, an absence note. A responder must answer none of it (RFC 3834).</summary>
internal static class AutomaticMail
{
    public static IEnumerable<SeedMessage> For(Mailbox me) => [.. Newsletters(me), .. Notices(me)];

    private static IEnumerable<SeedMessage> Newsletters(Mailbox me)
    {
        (string Title, string Story)[] issues =
        [
            ("Zhaga book 20 in practice", "Sensors that click into the luminaire: what it means for your stock."),
            ("Tunable white in schools", "A study from Uppsala with 1,200 pupils."),
            ("Copper prices and drivers", "Why drivers become dearer in spring."),
            ("Ecodesign: new labels", "The class A panel is rare; here are three."),
            ("Frankfurt fair: halls and dates", "Who shows what, and where to eat."),
            ("Flicker, explained", "PstLM and SVM without mathematics."),
        ];
        return issues.Select((issue, i) => new SeedMessage
        {
            Id = $"lightweekly-{i + 1}",
            From = new("Light Weekly", "news@lightweekly.example"),
            To = [me],
            Zone = 0,
            DaysAgo = 45.5 - (i * 8.9),
            Flags = i < 5 ? [Seen] : [],
            Subject = $"Light Weekly {31 + i}: {issue.Title}",
            Text = $"{issue.Title}\n\n{issue.Story}\n\nUnsubscribe: https://lightweekly.example/u/8842\n",
            Html = $"<html><body><h1>{issue.Title}</h1><p>{issue.Story}</p><p><small><a href=\"https://lightweekly.example/u/8842\">Unsubscribe</a></small></p></body></html>",
            Headers =
            [
                new("List-Id", "Light Weekly <news.lightweekly.example>"),
                new("List-Unsubscribe", "<https://lightweekly.example/u/8842>"),
                new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                new("Precedence", "bulk"),
            ],
        });
    }

    private static IEnumerable<SeedMessage> Notices(Mailbox me) =>
    [
        new()
        {
            Id = "absence-1", From = Marco, To = [me], Zone = 1, DaysAgo = 20.2, Flags = [Seen],
            Subject = "Automatic reply: Price list",
            Text = "I am out of the office until Monday. In urgent cases please write to info@bellaluce.example.\n\nMarco Rossi\n",
            Headers = [new("Auto-Submitted", "auto-replied"), new("X-Auto-Response-Suppress", "All")],
        },
        new()
        {
            Id = "shop-1", From = new("阿里国际站", "noreply@shop.example"), To = [me], DaysAgo = 18.3, Flags = [Seen],
            Subject = "您有 3 条新询盘待回复",
            Html = "<html><head><meta charset=\"utf-8\"></head><body><p>您好，<b>李娜</b>：</p><ul><li>LED strip 5 m（巴西）</li><li>Panel 30x120（波兰）</li><li>Solar street light（肯尼亚）</li></ul><p>请在 24 小时内回复。</p></body></html>",
            Headers = [new("Auto-Submitted", "auto-generated"), new("List-Id", "<inquiry.shop.example>")],
        },
        new()
        {
            Id = "shop-2", From = new("阿里国际站", "noreply@shop.example"), To = [me], DaysAgo = 3.1,
            Subject = "您有 1 条新询盘待回复",
            Html = "<html><head><meta charset=\"utf-8\"></head><body><p>您好，<b>李娜</b>：</p><ul><li>Linear light 1.2 m（智利）</li></ul></body></html>",
            Headers = [new("Auto-Submitted", "auto-generated"), new("List-Id", "<inquiry.shop.example>")],
        },
        new()
        {
            Id = "customs-1", From = new("海关申报系统", "notice@customs.example"), To = [me], DaysAgo = 1.1,
            Subject = "报关单 5301-0471 状态：已放行", Text = "报关单号 5301-0471 已放行。此邮件由系统发送，请勿回复。\n",
            Headers = [new("Auto-Submitted", "auto-generated")],
        },
        new()
        {
            Id = "track-1", From = new("Parcel Service", "no-reply@parcel.example"), To = [me], Zone = 1, DaysAgo = 13.6, Flags = [Seen],
            Subject = "Your parcel 1Z-88-4471 was delivered", Text = "Delivered to: BELLALUCE SRL, Verona. Signed by: ROSSI.\n",
            Headers = [new("Auto-Submitted", "auto-generated"), new("Precedence", "bulk")],
        },
        new()
        {
            Id = "system-1", From = new("IT 运维", "it@sandbox.test"), To = [me], DaysAgo = 25.3, Flags = [Seen],
            Subject = "【通知】邮箱系统周六凌晨维护", Text = "各位同事：\n\n本周六 1:00–5:00 邮箱系统维护，期间无法收发邮件。\n\nIT 运维\n",
        },
        new()
        {
            Id = "welcome", Folder = "Archive", From = new("MailDaemon sandbox", "sandbox@sandbox.test"), To = [me], DaysAgo = 59.9, Flags = [Seen],
            Subject = "Welcome to the sandbox / 欢迎使用沙盒",
            Text = "This mailbox is a sample. Everything here is made up, and nothing that you send leaves this machine.\n\n这是一个示例邮箱，内容均为虚构，您发送的邮件不会离开本机。\n",
        },
    ];
}
