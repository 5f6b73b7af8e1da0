using MailDaemon.Protocols.Mime;
using static MailDaemon.Sandbox.Mail.MessageFlags;
using static MailDaemon.Sandbox.Mail.Seed.SeedPeople;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>Inquiries and quotations, answered and open.</summary>
internal static class QuotationMail
{
    public static IEnumerable<SeedMessage> For(Mailbox me) => [.. Nordlicht(me), .. Huaxin(me), .. Others(me)];

    /// <summary>A thread of six messages across INBOX, Sent and the folder of quotations.</summary>
    private static IEnumerable<SeedMessage> Nordlicht(Mailbox me) =>
    [
        new()
        {
            Id = "nordlicht-1", Folder = SeedMail.Quotations, From = Anna, To = [me], Zone = 1, DaysAgo = 41.2, Flags = [Seen, Answered],
            Subject = "Request for quotation: LED panels 60x60",
            Text = """
                Dear Ms. Li,

                we met at the Guangzhou lighting fair. Please quote for:

                - LED panel 60x60 cm, 36 W, 4000 K, UGR<19: 800 pcs
                - Mounting frame, white: 800 pcs
                - Emergency kit, 3 h: 120 pcs

                Price FOB Shenzhen, with CE and ENEC papers. We need the goods in Hamburg by the end of the quarter.

                Kind regards
                Anna Schmidt
                Nordlicht GmbH, Purchasing
                """,
        },
        new()
        {
            Id = "nordlicht-2", Folder = "Sent", From = me, To = [Anna], Cc = [Tom], DaysAgo = 40.6, Flags = [Seen], Answers = "nordlicht-1",
            Subject = "Re: Request for quotation: LED panels 60x60",
            Text = """
                Dear Ms. Schmidt,

                thank you for your inquiry. Please find our quotation Q-2107 attached:
                USD 13.40 per panel, USD 2.10 per frame, USD 9.80 per emergency kit, FOB Shenzhen, valid for 30 days.
                Production takes 25 days after the deposit.

                Best regards
                Li Na
                """,
            Attachments = [SeedFiles.Pdf("Q-2107 Nordlicht.pdf", "QUOTATION Q-2107", "800 LED panel 60x60 36W 4000K  USD 13.40", "800 frame white  USD 2.10", "120 emergency kit  USD 9.80", "Total FOB Shenzhen  USD 13,576.00")],
        },
        new()
        {
            Id = "nordlicht-3", Folder = SeedMail.Quotations, From = Anna, To = [me], Cc = [Tom], Zone = 1, DaysAgo = 38.3, Flags = [Seen, Answered], Answers = "nordlicht-2",
            Subject = "AW: Request for quotation: LED panels 60x60",
            Text = """
                Dear Ms. Li,

                the price for the panels is above our target of USD 12.50. Can you meet us if we take 1,200 pieces?
                The emergency kits are fine.

                Mit freundlichen Grüßen
                Anna Schmidt

                > USD 13.40 per panel, USD 2.10 per frame, USD 9.80 per emergency kit, FOB Shenzhen, valid for 30 days.
                """,
        },
        new()
        {
            Id = "nordlicht-4", Folder = "Sent", From = me, To = [Anna], DaysAgo = 37.9, Flags = [Seen], Answers = "nordlicht-3",
            Subject = "Re: AW: Request for quotation: LED panels 60x60",
            Text = "Dear Ms. Schmidt,\n\nfor 1,200 pieces we can offer USD 12.65. This is our best price for the UGR<19 version.\n\nBest regards\nLi Na\n",
        },
        new()
        {
            Id = "nordlicht-5", Folder = SeedMail.Quotations, From = Anna, To = [me], Zone = 1, DaysAgo = 35.4, Flags = [Seen, Flagged], Answers = "nordlicht-4",
            Subject = "AW: AW: Request for quotation: LED panels 60x60",
            Html = """
                <html><body style="font-family:Calibri,sans-serif">
                <p>Dear Ms. Li,</p>
                <p>agreed: <b>1,200 panels at USD 12.65</b>. Our purchase order follows this week.</p>
                <table border="1" cellpadding="4"><tr><th>Item</th><th>Qty</th><th>USD</th></tr>
                <tr><td>Panel 60x60</td><td>1,200</td><td>15,180.00</td></tr><tr><td>Frame</td><td>1,200</td><td>2,520.00</td></tr></table>
                <p>Viele Grüße<br>Anna Schmidt</p>
                <img src="cid:logo@nordlicht" alt="Nordlicht GmbH">
                </body></html>
                """,
            Text = "Dear Ms. Li,\n\nagreed: 1,200 panels at USD 12.65. Our purchase order follows this week.\n\nViele Grüße\nAnna Schmidt\n",
            Attachments = [SeedFiles.Png("logo.png", 120, 40, 20, 70, 140, "logo@nordlicht")],
        },
        new()
        {
            Id = "nordlicht-6", From = Anna, To = [me], Cc = [Tom], Zone = 1, DaysAgo = 0.35, Flags = [Flagged],
            Subject = "New inquiry: linear lights for an office project",
            Text = """
                Dear Ms. Li,

                the panels sell well. For an office project in Bremen we now need linear lights, 1,500 mm, 50 W, DALI, about 300 pcs.
                Could you quote by Friday? The drawing is attached.

                Kind regards
                Anna Schmidt
                """,
            Attachments = [SeedFiles.Pdf("Grundriss Büro Bremen.pdf", "Office Bremen, 2nd floor", "Linear lights 1500 mm: 312 pcs")],
        },
    ];

    /// <summary>A thread in Chinese with a Word document and a file name with an emoji.</summary>
    private static IEnumerable<SeedMessage> Huaxin(Mailbox me) =>
    [
        new()
        {
            Id = "huaxin-1", Folder = SeedMail.Quotations, From = Wang, To = [me], Cc = [Chen], DaysAgo = 22.1, Flags = [Seen, Answered],
            Subject = "询价：轨道射灯 30W 500套",
            Text = """
                李经理：

                您好！我司承接了杭州一家商场的照明改造，需要以下产品，请报价：

                1. 轨道射灯 30W，3000K，显指≥90，黑色，500 套
                2. 三线轨道 2 米，260 根
                3. 接头及配件按比例配齐

                请报含税出厂价，并注明交期和质保年限。技术要求见附件。

                此致
                王强
                华信照明工程有限公司
                """,
            Attachments = [SeedFiles.Docx("技术要求（商场照明）.docx", "显色指数 Ra≥90，R9≥50", "色温 3000K±100K", "质保五年")],
        },
        new()
        {
            Id = "huaxin-2", Folder = "Sent", From = me, To = [Wang], Cc = [Chen], DaysAgo = 21.4, Flags = [Seen], Answers = "huaxin-1",
            Subject = "回复：询价：轨道射灯 30W 500套",
            Text = """
                王总：

                您好！报价如下，详见附件报价单（编号 BJ-0356）：

                射灯 30W：138 元/套；三线轨道 2 米：46 元/根；配件一批 3,200 元。
                以上为含 13% 增值税出厂价，交期 20 天，质保五年。

                李娜
                """,
            Attachments = [SeedFiles.Pdf("报价单 BJ-0356.pdf", "BJ-0356", "Track light 30W x500  CNY 138.00", "Track 2m x260  CNY 46.00", "Total CNY 84,160.00")],
        },
        new()
        {
            Id = "huaxin-3", Folder = SeedMail.Quotations, From = Chen, To = [me], Cc = [Wang], DaysAgo = 19.8, Flags = [Seen], Answers = "huaxin-2",
            Subject = "回复：回复：询价：轨道射灯 30W 500套",
            Text = """
                李经理，您好：

                王总已审过报价，射灯单价能否再优惠到 132 元？如可以，本周即可签合同并付 30% 定金。
                另请提供最近一批的光谱测试报告。

                陈静
                > 射灯 30W：138 元/套；三线轨道 2 米：46 元/根；配件一批 3,200 元。
                """,
        },
        new()
        {
            Id = "huaxin-4", From = Chen, To = [me], DaysAgo = 2.6, Flags = [Seen],
            Subject = "合同已盖章 📄 请查收",
            Text = "李经理：\n\n合同已盖章，扫描件见附件，定金今天下午汇出。\n收货清单我用表格列好了，请核对。\n\n陈静\n",
            Attachments =
            [
                SeedFiles.Pdf("📦发货清单与合同（盖章）.pdf", "Contract HX-0356", "signed and sealed"),
                SeedFiles.Csv("收货地址.csv", "收货人,电话,地址\r\n张师傅,0571-5550101,杭州市滨江区测试路1号\r\n"),
            ],
        },
    ];

    private static IEnumerable<SeedMessage> Others(Mailbox me) =>
    [
        new()
        {
            Id = "hikari-1", From = Kenji, To = [me], Zone = 9, DaysAgo = 4.3,
            Subject = "お見積りのお願い（ダウンライト 10W）",
            Text = "李様\n\nいつもお世話になっております。光商事の田中です。\nダウンライト 10W、2,000 個の見積りをお願いいたします。納期もお知らせください。\n\n田中 健司\n",
        },
        new()
        {
            Id = "harbor-1", From = Sarah, To = [me], Zone = -5, DaysAgo = 6.7, Flags = [Seen, Answered],
            Subject = "Quote for high bay lights, 150 W",
            Text = "Hi Na,\n\ncould you send a quote for 60 high bay lights, 150 W, 5000 K, UL listed, CIF Boston? DLC listing would help us with the rebate.\n\nThanks,\nSarah\n",
        },
        new()
        {
            Id = "harbor-2", Folder = "Sent", From = me, To = [Sarah], DaysAgo = 6.2, Flags = [Seen], Answers = "harbor-1",
            Subject = "Re: Quote for high bay lights, 150 W",
            Text = "Hi Sarah,\n\nUSD 61.50 per piece CIF Boston, UL and DLC included, 18 days. The data sheet is attached.\n\nNa\n",
            Attachments = [SeedFiles.Pdf("HB150 data sheet.pdf", "High bay HB150", "150 W, 5000 K, 140 lm/W, UL, DLC 5.1")],
        },
        new()
        {
            Id = "harbor-draft", Folder = "Drafts", From = me, To = [Sarah], DaysAgo = 0.9, Flags = [Draft, Seen],
            Subject = "Sample for Boston", Text = "Hi Sarah,\n\nthe sample left today, the tracking number is \n",
        },
        new()
        {
            Id = "linear-draft", Folder = "Drafts", From = me, To = [Anna], DaysAgo = 0.2, Flags = [Draft, Seen], Answers = "nordlicht-6",
            Subject = "Re: New inquiry: linear lights for an office project",
            Text = "Dear Ms. Schmidt,\n\nthank you for your new inquiry. I am checking the DALI drivers with production and\n",
        },
        new()
        {
            Id = "quote-old", Folder = "Archive", From = new("Piotr Wiśniewski", "piotr@swiatlo.example"), To = [me], Zone = 1, DaysAgo = 58.4, Flags = [Seen],
            Subject = "Zapytanie ofertowe / price list 2nd half",
            Text = "Dear Na,\n\nplease send your new price list. Żarówki E27 are the most important for us.\n\nPozdrawiam\nPiotr\n",
        },
    ];
}
