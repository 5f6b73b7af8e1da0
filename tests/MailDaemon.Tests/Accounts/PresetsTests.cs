using MailDaemon.Engine.Accounts;

namespace MailDaemon.Tests.Accounts;

public sealed class PresetsTests
{
    [Fact]
    public void All_services_of_the_table_are_there() =>
        Presets.All.Select(preset => preset.Id).ShouldBe([
            "qq", "exmail", "163", "126", "yeah", "188", "qiye163", "aliyun", "aliyun-qiye", "sina", "sohu", "139", "189", "yahoo", "aol",
            "icloud", "gmail", "zoho", "gmx", "yandex", "mailru", "fastmail", "outlook",
        ]);

    [Theory]
    [InlineData("a@qq.com", "imap.qq.com", 993, ServerSecurity.Tls, "smtp.qq.com", 465, ServerSecurity.Tls)]
    [InlineData("a@FOXMAIL.com", "imap.qq.com", 993, ServerSecurity.Tls, "smtp.qq.com", 465, ServerSecurity.Tls)]
    [InlineData("a@vip.163.com", "imap.163.com", 993, ServerSecurity.Tls, "smtp.163.com", 465, ServerSecurity.Tls)]
    [InlineData("a@sina.cn", "imap.sina.cn", 993, ServerSecurity.Tls, "smtp.sina.cn", 465, ServerSecurity.Tls)]
    [InlineData("a@sina.com", "imap.sina.com", 993, ServerSecurity.Tls, "smtp.sina.com", 465, ServerSecurity.Tls)]
    [InlineData("a@gmx.at", "imap.gmx.net", 993, ServerSecurity.Tls, "mail.gmx.net", 465, ServerSecurity.Tls)]
    [InlineData("a@zoho.com.cn", "imap.zoho.com.cn", 993, ServerSecurity.Tls, "smtp.zoho.com.cn", 465, ServerSecurity.Tls)]
    [InlineData("a@yahoo.co.uk", "imap.mail.yahoo.com", 993, ServerSecurity.Tls, "smtp.mail.yahoo.com", 465, ServerSecurity.Tls)]
    [InlineData("a@mac.com", "imap.mail.me.com", 993, ServerSecurity.Tls, "smtp.mail.me.com", 587, ServerSecurity.StartTls)]
    [InlineData("a@hotmail.fr", "outlook.office365.com", 993, ServerSecurity.Tls, "smtp-mail.outlook.com", 587, ServerSecurity.StartTls)]
    public void Address_finds_its_servers(string email, string imap, int imapPort, ServerSecurity imapSecurity, string smtp, int smtpPort, ServerSecurity smtpSecurity)
    {
        var preset = Presets.ForAddress(email);

        preset.ShouldNotBeNull();
        preset.Imap.ShouldBe(new ServerAddress(imap, imapPort, imapSecurity));
        preset.Smtp.ShouldBe(new ServerAddress(smtp, smtpPort, smtpSecurity));
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("notqq.com")]
    [InlineData("mail.qq.com")]
    [InlineData("yahoo.evil.com")]
    [InlineData("yahoo.")]
    [InlineData("live.")]
    [InlineData("yahoo.co.jp")]
    [InlineData("outlook.de")]
    public void Other_domains_are_unknown(string domain) => Presets.ForDomain(domain).ShouldBeNull();

    [Theory]
    [InlineData("mxbiz1.qq.com", "exmail")]
    [InlineData("hzmx01.qiye.163.com.", "qiye163")]
    [InlineData("company-com.mail.protection.outlook.com", "outlook")]
    [InlineData("ASPMX.L.GOOGLE.COM", "gmail")]
    public void Mail_exchanger_finds_its_service(string host, string id) => Presets.ForMailExchanger(host)!.Id.ShouldBe(id);

    [Fact]
    public void Mail_exchanger_of_a_look_alike_is_unknown() => Presets.ForMailExchanger("mx.notqq.com").ShouldBeNull();

    [Fact]
    public void Quirks_are_those_of_the_table()
    {
        Presets.Find("163")!.Quirks.ShouldBe(new ServerQuirks { IdAfterLogin = true, NoIdle = true, StatusKeepAliveSeconds = 55 });
        Presets.Find("yahoo")!.Quirks.ShouldBe(new ServerQuirks { IdleRenewalSeconds = 180 });
        Presets.Find("qq")!.Quirks.ShouldBe(new ServerQuirks { SearchUnreliable = true });
        Presets.Find("exmail")!.Quirks.ShouldBe(new ServerQuirks { WindowDays = 30 });
        Presets.Find("outlook")!.Quirks.ShouldBe(new ServerQuirks { OAuthOnly = true });
        Presets.Find("fastmail")!.Quirks.ShouldBe(ServerQuirks.None);
        Presets.Find("qiye163")!.Smtp.Port.ShouldBe(994);
    }

    [Fact]
    public void Icloud_signs_in_by_the_local_part()
    {
        Presets.ForAddress("jane@icloud.com")!.ImapLogin("jane@icloud.com").ShouldBe("jane");
        Presets.ForAddress("jane@aol.com")!.ImapLogin("jane@aol.com").ShouldBe("jane@aol.com");
    }

    [Fact]
    public void Kinds_of_secret_and_notes_tell_the_user_what_to_make()
    {
        Presets.Find("126")!.SecretKind.ShouldBe(SecretKind.AuthorizationCode);
        Presets.Find("gmail")!.SecretKind.ShouldBe(SecretKind.AppPassword);
        Presets.Find("outlook")!.SecretKind.ShouldBe(SecretKind.OAuth);
        Presets.Find("outlook")!.Notes.ShouldContain("/outlook/auth/initiate");
        Presets.Find("zoho")!.Domains.ShouldBe(["zoho.com", "zoho.eu", "zoho.com.cn"]);
        Presets.All.ShouldAllBe(preset => preset.HelpUrl!.StartsWith("https://", StringComparison.Ordinal));
    }
}
