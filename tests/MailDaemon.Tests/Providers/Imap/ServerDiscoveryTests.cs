using System.Net;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ServerDiscoveryTests : IAsyncLifetime
{
    private readonly DnsResponder dns = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await dns.DisposeAsync();

    [Theory]
    [InlineData("qq.com", "imap.qq.com", "preset qq")]
    [InlineData("QQ.COM", "imap.qq.com", "preset qq")]
    [InlineData("163.com", "imap.163.com", "preset 163")]
    public async Task Known_domain_is_answered_without_a_question(string domain, string imap, string how)
    {
        var found = await FindAsync(domain);

        found.Imap.Host.ShouldBe(imap);
        found.How.ShouldBe(how);
        dns.Questions.ShouldBe(0);
    }

    [Theory]
    [InlineData("mxbiz1.qq.com", "imap.exmail.qq.com")]
    [InlineData("qiye163mx01.mxmail.netease.com", "imap.firma.example")]
    [InlineData("hzmx01.qiye.163.com", "imap.qiye.163.com")]
    [InlineData("mx1.qiye.aliyun.com", "imap.qiye.aliyun.com")]
    [InlineData("ASPMX.L.GOOGLE.com", "imap.gmail.com")]
    [InlineData("notqq.com", "imap.firma.example")]
    public async Task Own_domain_is_known_by_its_mail_exchanger(string exchanger, string imap)
    {
        dns.AddMx("firma.example", 10, exchanger);

        (await FindAsync("firma.example")).Imap.Host.ShouldBe(imap);
    }

    [Fact]
    public async Task Best_exchanger_that_is_known_decides()
    {
        dns.AddMx("firma.example", 30, "mxbiz1.qq.com").AddMx("firma.example", 5, "mx.filter.example").AddMx("firma.example", 20, "hzmx01.qiye.163.com");

        var found = await FindAsync("firma.example");

        found.How.ShouldBe("MX hzmx01.qiye.163.com");
        found.Preset.ShouldNotBeNull();
    }

    [Fact]
    public async Task Service_records_go_before_a_guess()
    {
        dns.AddSrv("_imaps._tcp.firma.example", 10, 1, 1993, "second.firma.example")
            .AddSrv("_imaps._tcp.firma.example", 0, 1, 993, "mail.firma.example")
            .AddSrv("_submission._tcp.firma.example", 0, 1, 587, "out.firma.example");

        var found = await FindAsync("firma.example");

        found.Imap.ShouldBe(new ServerAddress("mail.firma.example", 993, ServerSecurity.Tls));
        found.Smtp.ShouldBe(new ServerAddress("out.firma.example", 587, ServerSecurity.StartTls));
        found.How.ShouldBe("SRV");
        found.Preset.ShouldBeNull();
    }

    [Fact]
    public async Task Service_that_is_not_offered_is_not_taken()
    {
        dns.AddSrv("_imaps._tcp.firma.example", 0, 0, 0, ".").AddSrv("_imap._tcp.firma.example", 0, 0, 143, "mail.firma.example");

        (await FindAsync("firma.example")).Imap.ShouldBe(new ServerAddress("mail.firma.example", 143, ServerSecurity.StartTls));
    }

    [Fact]
    public async Task Record_with_port_zero_or_a_name_that_is_none_is_passed_over()
    {
        dns.AddSrv("_imaps._tcp.firma.example", 0, 0, 0, "mail.firma.example").AddSrv("_submissions._tcp.firma.example", 0, 0, 465, "a b;c.example");

        var found = await FindAsync("firma.example");

        found.Imap.Host.ShouldBe("imap.firma.example");
        found.Smtp.Host.ShouldBe("smtp.firma.example");
    }

    [Fact]
    public async Task Without_records_the_usual_names_are_guessed()
    {
        var found = await FindAsync("firma.example");

        found.Imap.ShouldBe(new ServerAddress("imap.firma.example", 993, ServerSecurity.Tls));
        found.Smtp.ShouldBe(new ServerAddress("smtp.firma.example", 465, ServerSecurity.Tls));
        found.How.ShouldBe("guess");
    }

    [Fact]
    public async Task Name_server_that_is_gone_means_no_records()
    {
        var gone = new DnsResolver(() => [new IPEndPoint(IPAddress.Loopback, 1)]);

        (await new ServerDiscovery(gone).FindAsync("firma.example", CancellationToken.None)).How.ShouldBe("guess");
        (await new ServerDiscovery(new DnsResolver(() => [])).FindAsync("firma.example", CancellationToken.None)).How.ShouldBe("guess");
    }

    private Task<DiscoveredServers> FindAsync(string domain) =>
        new ServerDiscovery(new DnsResolver(() => [dns.Address])).FindAsync(domain, CancellationToken.None);
}
