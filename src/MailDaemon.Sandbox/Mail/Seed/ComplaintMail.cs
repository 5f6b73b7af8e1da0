using MailDaemon.Protocols.Mime;
using static MailDaemon.Sandbox.Mail.MessageFlags;
using static MailDaemon.Sandbox.Mail.Seed.SeedPeople;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>A complaint with pictures in the text, and how it was settled.</summary>
internal static class ComplaintMail
{
    public static IEnumerable<SeedMessage> For(Mailbox me) =>
    [
        new()
        {
            Id = "complaint-1", From = Marco, To = [me], Zone = 1, DaysAgo = 15.7, Flags = [Seen, Answered, Flagged, "complaint"],
            Subject = "URGENT: flickering drivers in shipment INV-0877",
            Text = "Dear Na,\n\n38 of 200 lamps flicker after two weeks. See the pictures. Our customer, a hotel, wants replacement before the season.\n\nMarco\n",
            Html = """
                <html><body><p>Dear Na,</p><p><b>38 of 200</b> lamps flicker after two weeks. Our customer, a hotel, wants replacement before the season.</p>
                <p><img src="cid:lobby@bellaluce" width="160"> <img src="cid:driver@bellaluce" width="160"></p><p>Marco</p></body></html>
                """,
            Attachments =
            [
                SeedFiles.Png("lobby.png", 160, 120, 200, 170, 60, "lobby@bellaluce"),
                SeedFiles.Png("driver label.png", 160, 120, 90, 90, 95, "driver@bellaluce"),
            ],
        },
        new()
        {
            Id = "complaint-2", Folder = "Sent", From = me, To = [Marco], Cc = [Zhao], DaysAgo = 15.3, Flags = [Seen], Answers = "complaint-1",
            Subject = "Re: URGENT: flickering drivers in shipment INV-0877",
            Text = "Dear Marco,\n\nI am very sorry. We send 45 drivers by express today, free of charge. Could you return two of the defective ones?\n\nNa\n",
        },
        new()
        {
            Id = "complaint-3", From = Zhao, To = [me], DaysAgo = 14.9, Flags = [Seen], Answers = "complaint-2",
            Subject = "转发：URGENT: flickering drivers in shipment INV-0877",
            Text = "娜姐：\n\n查了，是 8 月那批驱动的电容问题，同批次还发过日本光商事 60 只，建议主动联系。质检报告见附件。\n\n赵敏\n",
            Attachments = [SeedFiles.Docx("质检报告（驱动电容）.docx", "批次 D0823", "电容容量低于规格 18%", "处理：整批更换")],
        },
        new()
        {
            Id = "complaint-4", From = Marco, To = [me], Zone = 1, DaysAgo = 8.2, Flags = [Seen], Answers = "complaint-2",
            Subject = "Re: Re: URGENT: flickering drivers in shipment INV-0877",
            Text = "Dear Na,\n\nthe drivers arrived, all lamps work. Grazie mille for the fast help!\n\nMarco\n",
        },
    ];
}
