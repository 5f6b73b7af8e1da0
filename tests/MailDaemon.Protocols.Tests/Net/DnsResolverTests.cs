using System.Net;
using MailDaemon.Protocols.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Protocols.Tests.Net;

public sealed class DnsResolverTests : IAsyncLifetime
{
    private readonly DnsResponder dns = new();

    private DnsResolver Resolver => new(() => [dns.Address]);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await dns.DisposeAsync();

    [Fact]
    public async Task Exchangers_come_best_first()
    {
        dns.AddMx("firma.example", 20, "b.firma.example").AddMx("firma.example", 10, "A.Firma.example");

        (await Resolver.MailExchangersAsync("firma.example", CancellationToken.None)).ShouldBe(["a.firma.example", "b.firma.example"]);
    }

    [Fact]
    public async Task Services_come_by_priority_then_weight()
    {
        dns.AddSrv("_imaps._tcp.firma.example", 1, 0, 993, "c.example").AddSrv("_imaps._tcp.firma.example", 0, 1, 993, "b.example").AddSrv("_imaps._tcp.firma.example", 0, 9, 1993, "a.example");

        (await Resolver.ServicesAsync("_imaps._tcp", "firma.example", CancellationToken.None))
            .ShouldBe([new DnsService("a.example", 1993), new DnsService("b.example", 993), new DnsService("c.example", 993)]);
    }

    [Fact]
    public async Task Truncated_answer_is_asked_for_again_over_tcp()
    {
        dns.IsTruncating = true;
        for (ushort i = 0; i < 40; i++)
            dns.AddMx("firma.example", i, $"mx{i}.a-long-name-that-fills-the-answer.firma.example");

        (await Resolver.MailExchangersAsync("firma.example", CancellationToken.None)).Count.ShouldBe(40);
        dns.Questions.ShouldBe(2);
    }

    [Fact]
    public async Task Garbage_means_no_records_after_a_second_try()
    {
        dns.Garbage = [1, 2, 3];

        (await Resolver.MailExchangersAsync("firma.example", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Next_server_is_asked_when_the_first_is_gone()
    {
        dns.AddMx("firma.example", 10, "mx.firma.example");
        var resolver = new DnsResolver(() => [new IPEndPoint(IPAddress.Loopback, 1), dns.Address]);

        (await resolver.MailExchangersAsync("firma.example", CancellationToken.None)).ShouldBe(["mx.firma.example"]);
    }

    [Fact]
    public async Task Name_without_records_has_none()
    {
        (await Resolver.MailExchangersAsync("nothing.example", CancellationToken.None)).ShouldBeEmpty();
        dns.Questions.ShouldBe(1);
    }
}
