using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Tests.Okki;

/// <summary>A mail with whose it is; null of nobody's.</summary>
internal sealed record LabelledMail(CustomerQuery Query, long? CompanyId, string Kind);

/// <summary>
/// Customers in Chinese, English and German whose names have much in common, and mails of theirs and of others, all from mail providers, so
/// that only what they say tells whose they are. Always the same.
/// </summary>
internal static class CustomerSet
{
    private static readonly string[] English = ["Harbor", "Summit", "Blue Ridge", "Northgate", "Kestrel", "Ironwood", "Redstone", "Clearwater", "Silverline", "Oakfield", "Brightway", "Pinnacle", "Westbrook", "Granite", "Falcon", "Maple Leaf"];
    private static readonly string[] EnglishTrades = ["Lighting", "Cable Systems", "Power Tools", "Packaging", "Hardware", "Fasteners", "Pumps", "Furniture"];
    private static readonly string[] EnglishForms = ["Inc.", "Ltd.", "LLC", "Co., Ltd.", "Corporation"];
    private static readonly string[] German = ["Müller", "Schröder", "Weißenfels", "Bäcker", "Kühn", "Lindner", "Großmann", "Hofstätter", "Jäger", "Vogelsang", "Brückner", "Östermann", "Krämer", "Steinhäuser", "Wächter", "Römer"];
    private static readonly string[] GermanTrades = ["Kabeltechnik", "Leuchten", "Maschinenbau", "Werkzeuge", "Verpackungen", "Elektrotechnik", "Antriebe", "Möbel"];
    private static readonly string[] GermanForms = ["GmbH", "GmbH & Co. KG", "AG", "e.K."];
    private static readonly string[] Chinese = ["华信", "鼎盛", "远航", "金辉", "瑞丰", "东升", "天宇", "恒达", "明珠", "顺发", "卓越", "宏图", "永泰", "星光", "博远", "龙腾"];
    private static readonly string[] ChineseTrades = ["电气", "照明", "五金", "机械", "包装", "电缆", "家具", "水泵"];
    private static readonly string[] Cities = ["深圳市", "宁波", "佛山市", "义乌市", "上海", "苏州"];
    private static readonly string[] Providers = ["gmail.com", "outlook.com", "qq.com", "163.com", "gmx.de", "web.de", "hotmail.com", "yahoo.co.uk"];
    private static readonly string[] People = ["Tom Baker", "Anna Schmidt", "李伟", "王芳", "Sarah Jones", "Jürgen Klein", "陈静", "Mark Lee"];

    /// <summary>Every second of all combinations; the others are names of companies that are no customers.</summary>
    public static IReadOnlyList<CrmCompany> Customers { get; } = [.. Names(isCustomer: true).Select((name, i) => new CrmCompany(1000 + i, name))];

    public static IReadOnlyList<LabelledMail> Mails { get; } = Make();

    private static IEnumerable<string> Names(bool isCustomer)
    {
        for (var i = 0; i < 16; i++)
        {
            for (var j = 0; j < 8; j++)
            {
                // One in five is no customer: more than 300 are.
                if (((i * 8) + j) % 5 == 0 == isCustomer)
                    continue;
                yield return $"{English[i]} {EnglishTrades[j]} {EnglishForms[(i + j) % 5]}";
                yield return $"{German[i]} {GermanTrades[j]} {GermanForms[(i + j) % 4]}";
                yield return $"{Cities[(i + j) % 6]}{Chinese[i]}{ChineseTrades[j]}有限公司";
            }
        }
    }

    private static List<LabelledMail> Make()
    {
        var mails = new List<LabelledMail>();
        for (var i = 0; i < 140; i++)
        {
            var customer = Customers[i * 37 % Customers.Count];
            mails.Add(Of(customer.Name, customer.CompanyId, i));
        }

        // Companies that are no customers, with names that are half those of customers.
        var others = Names(isCustomer: false).ToList();
        for (var i = 0; i < 40; i++)
            mails.Add(Of(others[i * 7 % others.Count], null, i));
        for (var i = 0; i < 20; i++)
            mails.Add(new LabelledMail(Query(People[i % 8], $"user{i}", i, i % 2 == 0 ? "Question about lighting" : "关于五金的问题", i % 2 == 0 ? "Do you sell power tools and packaging?\nThanks\nTom" : "请问有电缆吗？\n谢谢"), null, "private"));
        return mails;
    }

    private static LabelledMail Of(string name, long? companyId, int i)
    {
        var person = People[i % 8];
        var plain = Plain(name);
        return (i % 7) switch
        {
            0 => new(Query(person, $"u{i}", i, "Inquiry", $"Dear Sirs,\nplease quote 500 pcs.\n\nBest regards\n{person}\n{name}\nTel. +49 30 1234{i}"), companyId, "signed in full"),
            1 => new(Query(person, $"u{i}", i, "询价", $"您好，\n请报价。\n\n{person}\n{plain}"), companyId, "signed without the form"),
            2 => new(Query(name, $"u{i}", i, "Order", "We need more.\nThanks"), companyId, "sender's name"),
            3 => new(Query(person, $"u{i}", i, "Angebot", $"Guten Tag,\nbitte ein Angebot.\n\nMfG\n{person}\n{Transliterated(plain)}"), companyId, "without umlauts"),
            4 => new(Query(person, $"u{i}", i, "RE: sample", $"Hello,\nsamples arrived.\nRegards\n{person} | {Misspelt(plain)} | Purchasing"), companyId, "misspelt"),
            5 => new(Query("", Local(plain, i), i, "Price list", "Please send the price list."), companyId, "address"),
            _ => new(Query(person, $"u{i}", i, $"{plain} - PO 2026-{i}", "Please confirm."), companyId, "subject"),
        };
    }

    private static CustomerQuery Query(string name, string local, int i, string subject, string text) => new(new EmailAddress(name, $"{local}@{Providers[i % 8]}"), subject, text);

    private static string Plain(string name)
    {
        foreach (var form in EnglishForms.Concat(GermanForms).Append("有限公司").OrderByDescending(form => form.Length))
            name = name.EndsWith(form, StringComparison.Ordinal) ? name[..^form.Length].Trim() : name;
        return name;
    }

    private static string Transliterated(string name) => name.Replace("ü", "ue", StringComparison.Ordinal).Replace("ö", "oe", StringComparison.Ordinal).Replace("ä", "ae", StringComparison.Ordinal).Replace("Ö", "Oe", StringComparison.Ordinal).Replace("ß", "ss", StringComparison.Ordinal);

    private static string Misspelt(string name) => name.Length < 9 ? name : name.Remove(name.Length - 3, 1);

    private static string Local(string name, int i) => name.All(char.IsAscii) ? name.Replace(' ', '.').ToLowerInvariant() : Transliterated(name).All(char.IsAscii) ? Transliterated(name).Replace(' ', '-').ToLowerInvariant() : $"{name}{i}";
}
