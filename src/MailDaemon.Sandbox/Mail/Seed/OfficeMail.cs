using MailDaemon.Protocols.Mime;
using static MailDaemon.Sandbox.Mail.MessageFlags;
using static MailDaemon.Sandbox.Mail.Seed.SeedPeople;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>Colleagues, meetings, and what belongs into the bin.</summary>
internal static class OfficeMail
{
    public static IEnumerable<SeedMessage> For(Mailbox me) => [.. Colleagues(me), .. Binned(me)];

    private static IEnumerable<SeedMessage> Colleagues(Mailbox me) =>
    [
        new()
        {
            Id = "fair-1", From = Tom, To = [me], Zone = 1, DaysAgo = 11.1, Flags = [Seen],
            Subject = "Booth for the Frankfurt fair",
            Text = "Hi Na,\n\nthe organiser offers us 24 m² in hall 4.1 or 18 m² in hall 3. I would take 4.1. What do you think?\n\nTom\n",
        },
        new()
        {
            Id = "fair-2", Folder = "Sent", From = me, To = [Tom], DaysAgo = 10.8, Flags = [Seen], Answers = "fair-1",
            Subject = "Re: Booth for the Frankfurt fair", Text = "Hi Tom,\n\n4.1 is better, most of our customers pass there. Please book.\n\nNa\n",
        },
        new()
        {
            Id = "fair-3", From = Tom, To = [me], Cc = [Boss], Zone = 1, DaysAgo = 10.3, Flags = [Seen], Answers = "fair-2",
            Subject = "Re: Booth for the Frankfurt fair 🎉", Text = "Booked! Hall 4.1, booth C62.\n\nTom\n",
        },
        new()
        {
            Id = "meeting-1", From = Boss, To = [me], Cc = [Tom, Zhao], DaysAgo = 1.4,
            Subject = "周一例会：第四季度销售目标",
            Text = "各位：\n\n周一上午 9:30 三楼会议室，请各自准备：\n一、本季度回款情况\n二、重点客户进展（华信、Nordlicht、Harbor）\n三、质量问题处理结果\n\n周\n",
            Attachments =
            [
                SeedFiles.Calendar("invite.ics", """
                    BEGIN:VCALENDAR
                    VERSION:2.0
                    PRODID:-//Sandbox//Calendar//ZH
                    METHOD:REQUEST
                    BEGIN:VEVENT
                    UID:q4-meeting@sandbox.test
                    DTSTAMP:20260101T000000Z
                    DTSTART:20260105T013000Z
                    DTEND:20260105T023000Z
                    SUMMARY:周一例会
                    END:VEVENT
                    END:VCALENDAR

                    """),
            ],
        },
        new()
        {
            Id = "leave-1", From = Zhao, To = [me], DaysAgo = 2.1, Flags = [Seen],
            Subject = "请假申请", Text = "娜姐：\n\n下周三想请假一天带孩子看病，手上的质检单交给小孙。\n\n赵敏\n",
        },
        new()
        {
            Id = "photos-1", From = Tom, To = [me], Zone = 1, DaysAgo = 30.4, Flags = [Seen],
            Subject = "Photos of the showroom",
            Text = "Two colours for the wall, which one do you like?\n\nTom\n",
            Attachments = [SeedFiles.Png("wall-blue.png", 320, 200, 70, 110, 190), SeedFiles.Png("wall-green.png", 320, 200, 80, 160, 110)],
        },
        new()
        {
            Id = "price-list", Folder = "Archive", From = Boss, To = [me, Tom], DaysAgo = 56.9, Flags = [Seen, Flagged],
            Subject = "下半年价格表（内部）", Text = "见附件，请勿外传。\n",
            Attachments = [SeedFiles.Csv("价格表-下半年.csv", "型号,单价(元)\r\nPL-6060,82.50\r\nTR-30,118.00\r\nHB150,396.00\r\n")],
        },
    ];

    private static IEnumerable<SeedMessage> Binned(Mailbox me) =>
    [
        new()
        {
            Id = "junk-1", Folder = "Junk", From = new("领奖中心", "winner@lucky.example"), To = [me], DaysAgo = 8.8,
            Subject = "恭喜您中奖 ¥¥¥ 点击领取", Text = "尊敬的用户，您的邮箱已被抽中，请在 24 小时内回复姓名和银行卡号。\n",
        },
        new()
        {
            Id = "junk-2", Folder = "Junk", From = new("Mail Administrator", "admin@rnail-support.example"), To = [me], Zone = 0, DaysAgo = 5.9,
            Subject = "Your mailbox is almost full!!!",
            Html = "<html><body><p>Your mailbox is <font color=red>98% full</font>.</p><p><a href=\"http://login.invalid/\">Upgrade now</a></p></body></html>",
        },
        new()
        {
            Id = "junk-3", Folder = "Junk", From = new("SEO Expert", "hello@rank-no1.example"), To = [me], Zone = 5.5, DaysAgo = 1.9,
            Subject = "RE: your website has 14 errors", Text = "Dear Sir/Madam,\n\nwe put you on page one within 7 days.\n",
        },
        new()
        {
            Id = "trash-1", Folder = "Trash", From = Tom, To = [me], Zone = 1, DaysAgo = 17.5, Flags = [Seen],
            Subject = "Lunch?", Text = "Are you in the office on Thursday?\n",
        },
        new()
        {
            Id = "trash-2", Folder = "Trash", From = new("打印机", "printer@sandbox.test"), To = [me], DaysAgo = 16.2, Flags = [Seen],
            Subject = "扫描件_0417", Text = "扫描件见附件。\n", Attachments = [SeedFiles.Pdf("scan_0417.pdf", "scan 0417")],
        },
    ];
}
