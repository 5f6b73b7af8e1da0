using System.Text.Json;

namespace MailDaemon.Tests.Support;

/// <summary>Calls of every documented route that hit an account and a message which are there.</summary>
public static class RouteCalls
{
    /// <param name="values">What a parameter of this name is to be; others are left out, or have their example where they are required.</param>
    public static string PathOf(RouteCase route, IReadOnlyDictionary<string, string> values)
    {
        var path = route.Template;
        var query = new List<string>();
        var parameters = route.Operation.TryGetProperty("parameters", out var listed) ? listed.EnumerateArray() : default;
        foreach (var parameter in parameters)
        {
            var name = parameter.GetProperty("name").GetString()!;
            var isRequired = parameter.TryGetProperty("required", out var required) && required.GetBoolean();
            if (!values.TryGetValue(name, out var value))
                value = isRequired ? parameter.GetProperty("example").ToString() : null;
            if (value is null)
                continue;
            if (parameter.GetProperty("in").GetString() == "path")
                path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
            else
                query.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    /// <summary>The documented example body with those of its members replaced that <paramref name="values"/> names; null when there is none.</summary>
    public static string? BodyOf(RouteCase route, IReadOnlyDictionary<string, string> values)
    {
        if (!route.Operation.TryGetProperty("requestBody", out var body)
            || !body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out var example))
        {
            return null;
        }

        return JsonSerializer.Serialize(example.EnumerateObject().ToDictionary(
            m => m.Name,
            m => values.TryGetValue(m.Name, out var value) ? JsonSerializer.SerializeToElement(value) : m.Value,
            StringComparer.Ordinal));
    }
}
