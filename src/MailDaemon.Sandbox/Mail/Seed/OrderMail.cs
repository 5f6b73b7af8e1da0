using MailDaemon.Protocols.Mime;
using static MailDaemon.Sandbox.Mail.MessageFlags;
using static MailDaemon.Sandbox.Mail.Seed.SeedPeople;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>Orders, payments, invoices and shipping.</summary>
internal static class OrderMail
{
    public static IEnumerable<SeedMessage> For(Mailbox me) => [.. Nordlicht(me), .. Payments(me), .. Shipping(me)];

    private static IEnumerable<SeedMessage> Nordlicht(Mailbox me) =>
    [
        new()
        {
            Id = "po-1", Folder = "Archive", From = Anna, To = [me], Cc = [Tom], Zone = 1, DaysAgo = 33.1, Flags = [Seen, Answered],
            Subject = "Purchase order PO-4471",
            Text = "Dear Ms. Li,\n\nplease find our purchase order PO-4471 attached. Please confirm the delivery date.\n\nKind regards\nAnna Schmidt\n",
            Attachments = [SeedFiles.Pdf("PO-4471.pdf", "PURCHASE ORDER PO-4471", "1200 LED panel 60x60  USD 12.65", "1200 frame  USD 2.10", "120 emergency kit  USD 9.80")],
        },
        new()
        {
            Id = "po-2", Folder = "Sent", From = me, To = [Anna], DaysAgo = 32.8, Flags = [Seen], Answers = "po-1",
            Subject = "Re: Purchase order PO-4471",
            Text = "Dear Ms. Schmidt,\n\nwe confirm PO-4471. The goods will be ready in 25 days; the proforma invoice is attached.\n\nBest regards\nLi Na\n",
            Attachments = [SeedFiles.Pdf("PI-4471.pdf", "PROFORMA INVOICE PI-4471", "Total USD 18,876.00", "30% deposit USD 5,662.80")],
        },
        new()
        {
            Id = "po-3", Folder = "Sent", From = me, To = [Anna], Cc = [Tom], DaysAgo = 7.5, Flags = [Seen], Answers = "po-2",
            Subject = "PO-4471 is ready for shipment",
            Text = "Dear Ms. Schmidt,\n\nthe goods passed inspection and are packed on 14 pallets. Please pay the balance, then we book the vessel.\n\nBest regards\nLi Na\n",
        },
        new()
        {
            Id = "po-4", From = Anna, To = [me], Zone = 1, DaysAgo = 5.1, Flags = [Seen], Answers = "po-3",
            Subject = "AW: PO-4471 is ready for shipment",
            Text = "Dear Ms. Li,\n\nthe balance was paid today, the bank's advice is attached. Please send the bill of lading as soon as you have it.\n\nAnna Schmidt\n",
            Attachments = [SeedFiles.Pdf("SWIFT advice.pdf", "MT103", "USD 13,213.20", "PO-4471 balance")],
        },
    ];

    private static IEnumerable<SeedMessage> Payments(Mailbox me) =>
    [
        new()
        {
            Id = "order-cn-1", From = Wang, To = [me], DaysAgo = 12.5, Flags = [Seen],
            Subject = "订单 HX20-118：筒灯补货 300 只",
            Text = "李经理：\n\n上次的筒灯卖完了，请再安排 300 只，型号和价格同上单，月底前发到杭州仓库。\n\n王强\n",
        },
        new()
        {
            Id = "order-cn-2", Folder = "Sent", From = me, To = [Wang], DaysAgo = 12.2, Flags = [Seen], Answers = "order-cn-1",
            Subject = "回复：订单 HX20-118：筒灯补货 300 只", Text = "王总：\n\n收到，已安排生产，25 日发货。\n\n李娜\n",
        },
        new()
        {
            Id = "invoice-1", From = new("财务共享中心", "finance@sandbox.test"), To = [me], DaysAgo = 9.3, Flags = [Seen],
            Subject = "【发票】华信照明 增值税专用发票已开具",
            Text = "您好：\n\n发票号码 03561188，金额 84,160.00 元，电子发票见附件。\n\n财务共享中心\n",
            Attachments = [SeedFiles.Pdf("发票_03561188.pdf", "VAT invoice 03561188", "CNY 84,160.00")],
        },
        new()
        {
            Id = "invoice-2", From = new("Harbor Supply Accounts Payable", "ap@harbor-supply.example"), To = [me], Zone = -5, DaysAgo = 3.4,
            Subject = "Remittance advice 88213",
            Text = "Payment of USD 3,690.00 for invoice INV-0921 was released today.\n\nHarbor Supply, Accounts Payable\n",
        },
        new()
        {
            Id = "invoice-3", From = Marco, To = [me], Zone = 1, DaysAgo = 27.6, Flags = [Seen], Folder = "Archive",
            Subject = "Fattura e pagamento / invoice INV-0877",
            Text = "Cara Na,\n\nil pagamento della fattura INV-0877 è partito oggi.\nThe payment of invoice INV-0877 left today.\n\nMarco\n",
        },
    ];

    private static IEnumerable<SeedMessage> Shipping(Mailbox me) =>
    [
        new()
        {
            Id = "ship-1", From = Liu, To = [me], DaysAgo = 4.8, Flags = [Seen],
            Subject = "舱位确认：深圳→汉堡 1×20GP",
            Text = "李小姐：\n\n舱位已确认，截关时间本周四 12:00，预计航程 31 天。请尽快提供报关资料和 VGM。\n\n刘洋\n快运国际物流\n",
        },
        new()
        {
            Id = "ship-2", Folder = "Sent", From = me, To = [Liu], DaysAgo = 4.6, Flags = [Seen], Answers = "ship-1",
            Subject = "回复：舱位确认：深圳→汉堡 1×20GP",
            Text = "刘先生：\n\n报关资料见附件，VGM 明天上午给您。\n\n李娜\n",
            Attachments = [SeedFiles.Docx("报关资料_PO-4471.docx", "品名：LED 面板灯", "件数：14 托", "毛重：5,860 kg")],
        },
        new()
        {
            Id = "ship-3", From = Liu, To = [me], Cc = [Anna], DaysAgo = 0.6, Answers = "ship-2",
            Subject = "提单确认件 B/L draft – PO-4471",
            Text = "李小姐：\n\n提单确认件见附件，请今天下班前回复确认。\nPlease confirm the draft of the bill of lading.\n\n刘洋\n",
            Attachments = [SeedFiles.Pdf("BL draft SZHAM0471.pdf", "BILL OF LADING (DRAFT)", "SZHAM0471", "14 pallets LED panels")],
        },
        new()
        {
            Id = "ship-old", Folder = "Archive", From = Liu, To = [me], DaysAgo = 52.2, Flags = [Seen],
            Subject = "到港通知：波士顿 HB-0921", Text = "李小姐：\n\nHB-0921 已到港，收货人已提货。\n\n刘洋\n",
        },
    ];
}
