using MailDaemon.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Hosting;

/// <summary>The guard stands before every route, known or not.</summary>
public sealed class AllRoutesGuardTests(SampleApp sample) : IClassFixture<SampleApp>
{
    private static readonly string[] otherPaths =
        ["/", "/swagger", "/swagger/index.html", "/swagger/swagger-ui-bundle.js", "/openapi.json", "/nowhere", "/api", "/api/nowhere", "/API/PING", "/%2e%2e/ping"];

    private DaemonApp App => sample.App;

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "Host", "evil.example:62000", "host_not_allowed" },
        { "Host", "localhost:1", "host_not_allowed" },
        { "Origin", "https://evil.example", "origin_not_allowed" },
        { "Origin", "null", "origin_not_allowed" },
        { "Sec-Fetch-Site", "cross-site", "cross_site" },
        { "Sec-Fetch-Site", "same-site", "cross_site" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Hostile_header_is_refused_on_every_route(string header, string value, string error)
    {
        var routes = await AllRoutes.ReadAsync(App);
        var calls = routes.Select(r => (r.Method, r.Path)).Concat(otherPaths.Select(p => ("GET", p))).ToList();
        calls.Count.ShouldBeGreaterThan(otherPaths.Length + 5);

        foreach (var (method, path) in calls)
        {
            var reply = await App.SendAsync(method, path, null, (header, value));

            reply.Status.ShouldBe(403, $"{method} {path}");
            reply.Error.ShouldBe(error, $"{method} {path}");
        }
    }

    [Fact]
    public async Task Form_body_is_refused_on_every_route_that_takes_one()
    {
        foreach (var route in (await AllRoutes.ReadAsync(App)).Where(r => r.Method is "POST" or "PUT" or "DELETE"))
        {
            var reply = await RawHttp.SendAsync(
                App, $"{route.Method} {route.Path} HTTP/1.1\nHost: localhost:{App.Port}\nContent-Type: text/plain\nContent-Length: 2", "{}");

            reply.ShouldBeRefused(415, "json_only");
        }
    }

    [Fact]
    public async Task Document_names_every_route_of_the_api()
    {
        var documented = (await AllRoutes.ReadAsync(App)).Select(r => r.Template).ToHashSet(StringComparer.Ordinal);

        var mapped = App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.Trim('/'))
            .Where(p => p.StartsWith("/api/", StringComparison.Ordinal) || p == "/ping")
            .ToList();

        mapped.Count.ShouldBeGreaterThan(0);
        mapped.ShouldAllBe(p => documented.Contains(p));
    }
}
