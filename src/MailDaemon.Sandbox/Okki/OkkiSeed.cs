namespace MailDaemon.Sandbox.Okki;

/// <summary>Customers whose mail is in the sample mailbox, and a few whose is not.</summary>
public static class OkkiSeed
{
    public static IReadOnlyList<OkkiCompany> Companies { get; } =
    [
        new(16696797001, "Nordlicht Leuchten GmbH") { ShortName = "Nordlicht", Homepage = "https://www.nordlicht.example", Country = "DE", Contacts = [new("Anna Schmidt", "anna.schmidt@nordlicht.example")], Products = "LED Panel" },
        new(16696797002, "Bella Luce S.r.l.") { Homepage = "bellaluce.example", Country = "IT", Contacts = [new("Marco Rossi", "m.rossi@bellaluce.example"), new("", "info@bellaluce.example")], Products = "spot light" },
        new(16696797003, "Harbor Supply Co., Ltd.") { Homepage = "http://harbor-supply.example/", Country = "US", Contacts = [new("Sarah O'Connor", "sarah.oconnor@harbor-supply.example")] },
        new(16696797004, "华信电气有限公司") { ShortName = "华信电气", Homepage = "www.huaxin.example", Country = "CN", Contacts = [new("王强", "wangqiang@huaxin.example"), new("陈静", "chenjing@huaxin.example")], Products = "轨道射灯" },
        new(16696797005, "ひかり照明株式会社") { ShortName = "Hikari", Country = "JP", Contacts = [new("田中", "tanaka@hikari.example")] },
        new(16696797006, "Światło Sp. z o.o.") { Homepage = "https://swiatlo.example/pl", Country = "PL" },
        new(16696797007, "TKS Cable Service") { Homepage = "https://www.tkscable.com", Country = "DE", Contacts = [new("Service", "service@tkscable.com")], Products = "cable" },
    ];
}
