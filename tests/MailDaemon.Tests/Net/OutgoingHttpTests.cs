using System.Net;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Agents;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Net;

/// <summary>Connections of outgoing calls, by the addresses that names resolve to.</summary>
public sealed class OutgoingHttpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.0.9")]
    [InlineData("fd12::1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("0.0.0.0")]
    public async Task Name_that_resolves_to_where_nothing_may_go_is_refused_at_connect(string address)
    {
        await using var endpoint = new HookEndpoint();
        using var client = Client(isPrivateAllowed: false, address);

        var e = await Should.ThrowAsync<Exception>(() => client.GetAsync($"http://hooks.example.com:{new Uri(endpoint.Url).Port}/"));

        AddressNotAllowedException.In(e).ShouldNotBeNull().Message.ShouldContain("hooks.example.com");
        endpoint.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://[fd12::1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://0.0.0.0/")]
    public async Task Address_in_a_url_is_judged_too(string url)
    {
        using var client = Client(isPrivateAllowed: false);

        AddressNotAllowedException.In(await Should.ThrowAsync<Exception>(() => client.GetAsync(url))).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    public async Task This_machine_named_in_so_many_words_is_allowed_and_no_name_server_is_asked(string host)
    {
        await using var endpoint = new HookEndpoint();
        using var client = Client(isPrivateAllowed: false);

        (await client.GetAsync($"http://{host}:{new Uri(endpoint.Url).Port}/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_that_are_allowed_are_connected_to_and_a_redirect_is_not_followed()
    {
        await using var endpoint = new HookEndpoint();
        endpoint.Arm(307);
        using var client = Client(isPrivateAllowed: true, "169.254.169.254", "127.0.0.1");

        (await client.GetAsync($"http://hooks.example.com:{new Uri(endpoint.Url).Port}/")).StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        endpoint.Calls.ShouldHaveSingleItem().Headers["User-Agent"].ShouldMatch(@"^MailDaemon/\d+\.\d+\.\d+$");
    }

    private static HttpClient Client(bool isPrivateAllowed, params string[] addresses) => new OutgoingHttp(Options.Create(new OutgoingOptions { AllowPrivateHosts = isPrivateAllowed }))
    {
        Resolve = (_, _) => Task.FromResult(addresses.Length > 0 ? Array.ConvertAll(addresses, IPAddress.Parse) : throw new InvalidOperationException("no name is to be resolved")),
    }.NewClient(TimeSpan.FromSeconds(20), 1024);
}
