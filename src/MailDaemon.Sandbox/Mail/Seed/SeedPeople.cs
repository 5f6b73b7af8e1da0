using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>Who writes to the owner of the sample mailbox. All domains are reserved ones (RFC 2606).</summary>
internal static class SeedPeople
{
    public static Mailbox Anna { get; } = new("Anna Schmidt", "anna.schmidt@nordlicht.example");

    public static Mailbox Marco { get; } = new("Marco Rossi", "m.rossi@bellaluce.example");

    public static Mailbox Sarah { get; } = new("O'Connor, Sarah", "sarah.oconnor@harbor-supply.example");

    public static Mailbox Kenji { get; } = new("田中 健司", "tanaka@hikari.example");

    public static Mailbox Wang { get; } = new("王强", "wangqiang@huaxin.example");

    public static Mailbox Chen { get; } = new("陈静（华信采购部）", "chenjing@huaxin.example");

    public static Mailbox Liu { get; } = new("刘洋 物流", "liuyang@kuaiyun.example");

    public static Mailbox Tom { get; } = new("Tom Becker", "tom@sandbox.test");

    public static Mailbox Zhao { get; } = new("赵敏", "zhaomin@sandbox.test");

    public static Mailbox Boss { get; } = new("周总", "zhou@sandbox.test");
}
