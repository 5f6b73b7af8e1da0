using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

/// <summary>
/// Each route with each kind of bad input that its document allows to think of: missing, of the wrong type, out of range, with control
/// characters, unknown. <c>Golden/bad-inputs.txt</c> has what it answers: status, word and message.
/// </summary>
public sealed class BadInputTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const int LongestTried = 5_000;
    private const string Unknown = "nobody@nowhere.test";

    [Fact]
    public async Task Bad_input_is_refused_with_a_word_and_what_to_do()
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString()!;
        var label = (await sandbox.App.PostAsync("/api/labels", new { name = "there" })).Result.GetProperty("id").GetString()!;
        var values = Values(key, label);
        var report = new StringBuilder();
        foreach (var route in await AllRoutes.ReadAsync(sandbox.App))
        {
            foreach (var (name, path, body) in CasesOf(route, values))
            {
                var reply = await sandbox.App.SendAsync(route.Method, path, body);
                var told = reply.Status < 400 ? "taken" : $"{reply.Error} | {reply.Msg!.Replace(key, "<key>", StringComparison.Ordinal).Replace(label, "<label>", StringComparison.Ordinal)}";
                report.Append(CultureInfo.InvariantCulture, $"{route.Method} {route.Template} | {name} | {reply.Status} {told}\n");
            }
        }

        var text = report.ToString();
        text.ShouldNotContain("| 500 ");
        Golden.Compare("bad-inputs.txt", text);
    }

    /// <summary>What a call that is right says; what it leaves out has the example of the document.</summary>
    private static Dictionary<string, string> Values(string key, string label) => new(StringComparer.Ordinal)
    {
        ["p"] = "imap",
        ["provider"] = "imap",
        ["email"] = "lina@sandbox.test",
        ["id"] = key,
        ["messageId"] = key,
        ["mailId"] = key,
        ["key"] = key,
        ["labelId"] = label,
        ["attachmentId"] = "0",
        ["follow"] = "false",
    };

    private IEnumerable<(string Name, string Path, object? Body)> CasesOf(RouteCase route, Dictionary<string, string> values)
    {
        var body = OwnServers(RouteCalls.BodyOf(route, values));
        foreach (var parameter in Parameters(route))
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (parameter.GetProperty("in").GetString() == "header")
                continue;
            if (parameter.GetProperty("in").GetString() == "query" && parameter.TryGetProperty("required", out var required) && required.GetBoolean())
                yield return ($"{name} missing", Without(RouteCalls.PathOf(route, values), name), body);
            foreach (var (word, value) in BadValues(name, parameter.GetProperty("schema")))
                yield return ($"{name} {word}", RouteCalls.PathOf(route, new Dictionary<string, string>(values, StringComparer.Ordinal) { [name] = value }), body);
        }

        if (body is null)
            yield break;
        var path = RouteCalls.PathOf(route, values);
        yield return ("body missing", path, null);
        yield return ("body broken", path, body[..^1]);
        yield return ("body a list", path, "[]");
        var schema = BodySchema(route);
        var members = JsonDocument.Parse(body).RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);
        foreach (var name in members.Keys)
        {
            if (schema.TryGetProperty("required", out var required) && required.EnumerateArray().Any(r => r.GetString() == name))
                yield return ($"body.{name} missing", path, Written(members.Where(m => m.Key != name)));
            yield return ($"body.{name} of the wrong type", path, Written(members.Select(m => m.Key == name ? new(name, JsonSerializer.SerializeToElement(new { x = 1 })) : m)));
            if (members[name].ValueKind != JsonValueKind.String)
                continue;
            yield return ($"body.{name} with a control character", path, Written(members.Select(m => m.Key == name ? new(name, JsonSerializer.SerializeToElement("a\u0001b")) : m)));
            if (schema.GetProperty("properties").GetProperty(name).TryGetProperty("maxLength", out var longest) && longest.GetInt32() <= LongestTried)
                yield return ($"body.{name} too long", path, Written(members.Select(m => m.Key == name ? new(name, JsonSerializer.SerializeToElement(new string('a', longest.GetInt32() + 1))) : m)));
            if (name == "email")
                yield return ("body.email unknown", path, Written(members.Select(m => m.Key == name ? new(name, JsonSerializer.SerializeToElement(Unknown)) : m)));
        }
    }

    /// <summary>Servers of the examples are real names.</summary>
    private string? OwnServers(string? body)
    {
        if (body is null)
            return null;
        var members = JsonDocument.Parse(body).RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);
        foreach (var (name, server) in ((string, object)[])[("imap", sandbox.Imap), ("smtp", sandbox.Smtp)])
        {
            if (members.ContainsKey(name))
                members[name] = JsonSerializer.SerializeToElement(server);
        }

        return Written(members);
    }

    private static IEnumerable<(string Word, string Value)> BadValues(string name, JsonElement schema)
    {
        var types = Types(schema);
        if (types.Contains("integer") || types.Contains("number"))
        {
            yield return ("of the wrong type", "x");
            if (schema.TryGetProperty("minimum", out var minimum))
                yield return ("too small", (minimum.GetInt64() - 1).ToString(CultureInfo.InvariantCulture));
            if (schema.TryGetProperty("maximum", out var maximum))
                yield return ("too large", (maximum.GetInt64() + 1).ToString(CultureInfo.InvariantCulture));
        }
        else if (types.Contains("boolean"))
        {
            yield return ("of the wrong type", "maybe");
        }
        else if (schema.TryGetProperty("enum", out _) || schema.TryGetProperty("format", out _))
        {
            yield return ("of the wrong kind", "zzz");
        }
        else
        {
            yield return ("with a control character", "a\u0001b");
            if (schema.TryGetProperty("maxLength", out var longest) && longest.GetInt32() <= LongestTried)
                yield return ("too long", new string('a', longest.GetInt32() + 1));
        }

        if (name == "email")
            yield return ("unknown", Unknown);
        else if (name == "p")
            yield return ("unknown", "yahoo");
        else if (name.EndsWith("id", StringComparison.OrdinalIgnoreCase) || name == "key")
            yield return ("unknown", "m_nothere");
        else if (name is "folder" or "path")
            yield return ("unknown", "No/Such");
    }

    private static IReadOnlyList<string> Types(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.String ? [type.GetString()!]
        : [.. type.EnumerateArray().Select(t => t.GetString()!)];

    private static IEnumerable<JsonElement> Parameters(RouteCase route) => route.Operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];

    private static JsonElement BodySchema(RouteCase route) => route.Operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");

    private static string Without(string path, string name) => Regex.Replace(path, $@"(?<=[?&]){Regex.Escape(name)}=[^&]*&?", "");

    private static string Written(IEnumerable<KeyValuePair<string, JsonElement>> members) => JsonSerializer.Serialize(members.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal));
}
