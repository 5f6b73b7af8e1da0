using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

/// <summary>The API document is whole, and changes only together with its golden files.</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    private DaemonApp app = null!;

    public async Task InitializeAsync() => app = await DaemonApp.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Every_operation_is_described()
    {
        var problems = new List<string>();
        foreach (var route in await AllRoutes.ReadAsync(app))
        {
            foreach (var problem in Problems(route))
                problems.Add($"{route.Method} {route.Template}: {problem}");
        }

        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Operation_ids_are_unique()
    {
        var ids = (await AllRoutes.ReadAsync(app)).Select(r => r.Operation.TryGetProperty("operationId", out var id) ? id.GetString() : r.Template).ToList();

        ids.ShouldBeUnique();
    }

    [Fact]
    public async Task Routes_are_those_of_the_golden_file()
    {
        var routes = (await AllRoutes.ReadAsync(app)).Select(r => $"{r.Template} {r.Method}").Order(StringComparer.Ordinal);

        Golden.Compare("routes.txt", string.Join('\n', routes.Select(r => $"{r.Split(' ')[1]} {r.Split(' ')[0]}")) + "\n");
    }

    [Fact]
    public async Task Document_is_that_of_the_golden_file()
    {
        var reply = await app.GetAsync("/openapi.json");

        Golden.Compare("openapi.json", reply.Text.ReplaceLineEndings("\n") + "\n");
    }

    private static IEnumerable<string> Problems(RouteCase route)
    {
        var operation = route.Operation;
        if (!operation.TryGetProperty("summary", out var summary) || summary.GetString() is not { Length: > 5 })
            yield return "no summary";
        if (!operation.TryGetProperty("tags", out var tags) || tags.GetArrayLength() != 1)
            yield return "not one tag";
        if (!operation.TryGetProperty("operationId", out _))
            yield return "no operationId; is its handler a method of a class of its own?";

        var parameters = operation.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToList() : [];
        foreach (var name in route.Template.Split('{').Skip(1).Select(p => p.Split('}')[0]))
        {
            if (!parameters.Exists(p => p.GetProperty("name").GetString() == name && p.GetProperty("in").GetString() == "path"))
                yield return $"route parameter {name} is not described";
        }

        foreach (var parameter in parameters)
        {
            var name = parameter.GetProperty("name").GetString();
            if (!parameter.TryGetProperty("description", out _))
                yield return $"parameter {name} has no description";
            if (!parameter.TryGetProperty("example", out _))
                yield return $"parameter {name} has no example";
            if (!parameter.TryGetProperty("schema", out _))
                yield return $"parameter {name} has no schema";
        }

        if (operation.TryGetProperty("requestBody", out var body) && !Media(body).TryGetProperty("example", out _))
            yield return "its body has no example";

        var responses = operation.GetProperty("responses");
        foreach (var status in (string[])["400", "403", "429", "500"])
        {
            if (!responses.TryGetProperty(status, out _))
                yield return $"no {status}";
        }

        var successes = responses.EnumerateObject().Where(r => r.Name.StartsWith('2')).ToList();
        if (successes.Count == 0)
            yield return "no success";
        foreach (var success in successes)
        {
            if (success.Value.TryGetProperty("content", out var content)
                && content.TryGetProperty("application/json", out var media)
                && !media.TryGetProperty("example", out _))
                yield return $"{success.Name} has no example";
        }
    }

    private static JsonElement Media(JsonElement owner) => owner.GetProperty("content").GetProperty("application/json");
}
