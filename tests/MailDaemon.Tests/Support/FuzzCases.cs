using System.Text.Json;
using System.Text.Json.Nodes;

namespace MailDaemon.Tests.Support;

/// <summary>One request with something odd in it.</summary>
/// <param name="IsRefused">Whether Success would mean that something in it was not read.</param>
public sealed record FuzzCase(string Method, string Path, string? Body, string What, bool IsRefused)
{
    /// <summary>What sends the same request to a daemon at this address.</summary>
    public string Curl(Uri address)
    {
        var body = Body is null ? "" : $" -H 'Content-Type: application/json' --data-binary '{Body.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return $"curl -k -X {Method} '{new Uri(address, Path)}'{body}";
    }
}

/// <summary>
/// Requests made of the API document alone: each route as its example shows it, with one or several of its parameters and members, at every
/// depth, put out of order. A new route is in it by being documented.
/// </summary>
/// <param name="valuesOf">What parameters and members of a name are to be on a route, so that accounts and messages are there.</param>
public sealed class FuzzCases(JsonElement document, Func<RouteCase, IReadOnlyDictionary<string, string>> valuesOf, IReadOnlyDictionary<string, JsonNode> servers)
{
    private const string Unknown = "zzUnknown";
    private static readonly string[] oddTexts = ["", " ", "zzz", "-1", "0", "1e400", "99999999999999999999", "true", "null", "[]", "é\U0001F600", "../../etc/passwd", "m_", "imap:0", new string('a', 3000)];

    private static readonly string[] oddJson =
    [
        "null", "true", "0", "-1", "1.5", "99999999999999999999", "1e999", "\"\"", "\" \"", "\"zzz\"", "\"\\u0000\"", "[]", "[null]", "[[]]", "[1]", "[\"\"]", "{}",
        "{\"x\":1}", $"\"{new string('a', 100_000)}\"", $"[{string.Join(',', Enumerable.Repeat("\"a\"", 2_000))}]", new string('[', 40) + new string(']', 40),
    ];

    /// <summary>What must be in every run: a name that nobody reads, at each place of the route.</summary>
    public IEnumerable<FuzzCase> WithUnknownNames(RouteCase route)
    {
        var (path, body) = (RouteCalls.PathOf(route, valuesOf(route)), Body(route));
        yield return new FuzzCase(route.Method, With(path, Unknown, "1"), body?.ToJsonString(), "unknown query name", true);
        foreach (var name in QueryNames(route))
            yield return new FuzzCase(route.Method, With(path, OtherCase(name), "1"), body?.ToJsonString(), $"query name {OtherCase(name)}", true);
        foreach (var place in Places(route))
        {
            yield return new FuzzCase(route.Method, path, Changed(body ?? new JsonObject(), place.Path, node => Add(node, Unknown)), $"unknown name in {Shown(place.Path)}", true);
            foreach (var name in place.Names)
                yield return new FuzzCase(route.Method, path, Changed(body ?? new JsonObject(), place.Path, node => Rename(node, name)), $"{OtherCase(name)} in {Shown(place.Path)}", true);
        }
    }

    /// <summary>Each parameter and member with each odd value.</summary>
    public IEnumerable<FuzzCase> WithOddValues(RouteCase route)
    {
        var (path, body) = (RouteCalls.PathOf(route, valuesOf(route)), Body(route));
        foreach (var name in QueryNames(route))
        {
            foreach (var text in oddTexts)
                yield return new FuzzCase(route.Method, With(path, name, text), body?.ToJsonString(), $"{name}={Short(text)}", false);
        }

        foreach (var place in body is null ? [] : Places(route))
        {
            foreach (var (name, isFree) in place.Members)
            {
                foreach (var json in oddJson)
                {
                    // An object with an unknown member in place of what the document describes is read by nobody.
                    var isRefused = json == "{\"x\":1}" && !isFree;
                    yield return new FuzzCase(route.Method, path, Changed(body!, place.Path, node => Set(node, name, json)), $"{Shown(place.Path)}.{name} = {Short(json)}", isRefused);
                }
            }
        }
    }

    /// <summary>Several odd values at once.</summary>
    public FuzzCase Random(IReadOnlyList<RouteCase> routes, Random random)
    {
        var route = routes[random.Next(routes.Count)];
        var (path, body) = (RouteCalls.PathOf(route, valuesOf(route)), Body(route));
        foreach (var name in QueryNames(route).Where(_ => random.Next(3) == 0))
            path = With(path, name, oddTexts[random.Next(oddTexts.Length)]);
        var text = body?.ToJsonString();
        foreach (var place in body is null ? [] : Places(route))
        {
            foreach (var (name, _) in place.Members.Where(_ => random.Next(4) == 0))
                text = Changed((JsonObject)JsonNode.Parse(text!)!, place.Path, node => Set(node, name, oddJson[random.Next(oddJson.Length)]));
        }

        return new FuzzCase(route.Method, path, text, "several odd values", false);
    }

    private JsonObject? Body(RouteCase route)
    {
        if (RouteCalls.BodyOf(route, valuesOf(route)) is not { } example)
            return null;
        var body = (JsonObject)JsonNode.Parse(example)!;
        foreach (var (name, server) in servers.Where(server => body.ContainsKey(server.Key)))
            body[name] = server.DeepClone();
        return body;
    }

    private static IEnumerable<string> QueryNames(RouteCase route) =>
        (route.Operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default)
            .Where(parameter => parameter.GetProperty("in").GetString() == "query")
            .Select(parameter => parameter.GetProperty("name").GetString()!);

    private static JsonElement? BodySchema(RouteCase route) =>
        route.Operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").GetProperty("application/json").GetProperty("schema") : null;

    /// <summary>An object of a body: the body itself, and what the document says lies in it.</summary>
    private IEnumerable<Place> Places(RouteCase route) => BodySchema(route) is { } schema ? Places([], schema, 0) : [new Place([], [])];

    private IEnumerable<Place> Places(IReadOnlyList<string> path, JsonElement schema, int depth)
    {
        if (depth > 4 || Resolve(schema) is not { } resolved || !resolved.TryGetProperty("properties", out var properties))
            yield break;
        yield return new Place(path, [.. properties.EnumerateObject().Select(property => (property.Name, IsFree(property.Value)))]);
        foreach (var property in properties.EnumerateObject())
        {
            var inner = Resolve(property.Value);
            var isArray = inner?.TryGetProperty("items", out _) == true;
            foreach (var place in inner is null ? [] : Places([.. path, isArray ? property.Name + "[]" : property.Name], isArray ? inner.Value.GetProperty("items") : inner.Value, depth + 1))
                yield return place;
        }
    }

    /// <summary>The schema that a reference or the choice beside null stands for; null for one that says nothing.</summary>
    private JsonElement? Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return Resolve(document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]));
        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var choices))
                return choices.EnumerateArray().Select(Resolve).FirstOrDefault(one => one?.TryGetProperty("properties", out _) == true);
        }

        return schema.ValueKind == JsonValueKind.Object && schema.EnumerateObject().Any() ? schema : null;
    }

    private bool IsFree(JsonElement schema) => Resolve(schema) is not { } known || !(known.TryGetProperty("type", out _) || known.TryGetProperty("enum", out _) || known.TryGetProperty("properties", out _));

    /// <summary>The body with one of its objects changed; objects that it has not are made.</summary>
    private static string Changed(JsonObject body, IReadOnlyList<string> path, Action<JsonObject> change)
    {
        var copy = (JsonObject)body.DeepClone();
        var node = copy;
        foreach (var step in path)
        {
            var name = step.TrimEnd('[', ']');
            if (step.EndsWith("[]", StringComparison.Ordinal))
            {
                if (node[name] is not JsonArray { Count: > 0 } array || array[0] is not JsonObject)
                    node[name] = new JsonArray(new JsonObject());
                node = (JsonObject)node[name]![0]!;
            }
            else
            {
                if (node[name] is not JsonObject)
                    node[name] = new JsonObject();
                node = (JsonObject)node[name]!;
            }
        }

        change(node);
        return copy.ToJsonString();
    }

    private static void Add(JsonObject node, string name) => node[name] = 1;

    private static void Rename(JsonObject node, string name)
    {
        var value = node[name]?.DeepClone() ?? JsonValue.Create("x");
        node.Remove(name);
        node[OtherCase(name)] = value;
    }

    private static void Set(JsonObject node, string name, string json) => node[name] = Node(json);

    /// <summary>What cannot be a node, such as half of a surrogate pair, is left as text.</summary>
    private static JsonNode? Node(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return JsonValue.Create(json);
        }
    }

    private static string With(string path, string name, string value)
    {
        var parts = path.Split('?');
        var query = (parts.Length > 1 ? parts[1].Split('&') : []).Where(part => part.Split('=')[0] != name).Append($"{name}={Uri.EscapeDataString(value)}");
        return $"{parts[0]}?{string.Join('&', query)}";
    }

    private static string OtherCase(string name) => char.IsUpper(name[0]) ? char.ToLowerInvariant(name[0]) + name[1..] : char.ToUpperInvariant(name[0]) + name[1..];

    private static string Shown(IReadOnlyList<string> path) => path.Count == 0 ? "the body" : string.Join('.', path);

    private static string Short(string text) => text.Length <= 40 ? text : $"{text[..40]}… ({text.Length} characters)";

    private sealed record Place(IReadOnlyList<string> Path, IReadOnlyList<(string Name, bool IsFree)> Members)
    {
        public IEnumerable<string> Names => Members.Select(member => member.Name);
    }
}
