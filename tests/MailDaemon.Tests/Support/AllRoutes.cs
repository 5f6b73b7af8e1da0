using System.Text.Json;
using System.Text.RegularExpressions;

namespace MailDaemon.Tests.Support;

/// <summary>One operation of the API document.</summary>
public sealed record RouteCase(string Method, string Template, JsonElement Operation)
{
    /// <summary>A path that meets the route, made with the parameters' examples.</summary>
    public string Path => Regex.Replace(Template, @"\{([^}]+)\}", m => Uri.EscapeDataString(ExampleOf(m.Groups[1].Value)));

    private string ExampleOf(string name)
    {
        if (Operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray())
            {
                if (parameter.GetProperty("name").GetString() == name && parameter.TryGetProperty("example", out var example))
                    return example.ToString();
            }
        }

        return "x";
    }
}

/// <summary>Every route the API document names, so that a new route is met by the tests without being added to them.</summary>
public static class AllRoutes
{
    public static async Task<JsonElement> DocumentAsync(DaemonApp app) => (await app.GetAsync("/openapi.json")).Envelope;

    public static async Task<IReadOnlyList<RouteCase>> ReadAsync(DaemonApp app)
    {
        var document = await DocumentAsync(app);
        return
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               select new RouteCase(operation.Name.ToUpperInvariant(), path.Name, operation.Value),
        ];
    }
}
