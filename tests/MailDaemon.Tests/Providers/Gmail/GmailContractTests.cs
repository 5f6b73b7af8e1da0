using System.Reflection;
using System.Text.Json;
using Google.Apis.Gmail.v1;
using Google.Apis.Services;
using Google.Apis.Util;
using MailDaemon.Tests.Sandboxes.Gmail;
using Newtonsoft.Json;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>The service against Google's own description of it: each request, upload and schema that is written here.</summary>
public sealed class GmailContractTests
{
    // In every method, and so in no method's own list.
    private static readonly string[] CommonParameters = ["alt", "fields", "prettyPrint", "quotaUser"];

    [DiscoveryFact]
    public void Requests_have_the_verb_the_path_and_the_parameters_of_the_contract()
    {
        using var service = NewService();
        var types = NestedTypes(typeof(UsersResource)).Where(t => t.Name.EndsWith("Request", StringComparison.Ordinal)).ToArray();
        types.Length.ShouldBe(33);
        foreach (var type in types)
        {
            dynamic request = Create(type, service);
            var method = Method(type, (string)request.MethodName);
            ((string)request.HttpMethod).ShouldBe(method.GetProperty("httpMethod").GetString(), type.FullName);
            ((string)request.RestPath).ShouldBe(method.GetProperty("path").GetString(), type.FullName);
            ParametersMatch(type, method);
            BodyMatches(type, method);
            ResponseName(type.BaseType!.GetGenericArguments()[0]).ShouldBe(RefOf(method, "response"), type.FullName);
        }
    }

    [DiscoveryFact]
    public void Uploads_have_the_path_and_the_parameters_of_the_contract()
    {
        using var service = NewService();
        var types = NestedTypes(typeof(UsersResource)).Where(t => t.Name.EndsWith("MediaUpload", StringComparison.Ordinal)).ToArray();
        types.Length.ShouldBe(6);
        foreach (var type in types)
        {
            dynamic upload = Create(type, service);
            var name = type.Name.Replace("MediaUpload", "", StringComparison.Ordinal);
            var method = Method(type, char.ToLowerInvariant(name[0]) + name[1..]);
            ((string)upload.HttpMethod).ShouldBe(method.GetProperty("httpMethod").GetString(), type.FullName);
            var path = method.GetProperty("mediaUpload").GetProperty("protocols").GetProperty("simple").GetProperty("path").GetString();
            ("/" + (string)upload.Path).ShouldBe(path, type.FullName);
            ParametersMatch(type, method);
            ResponseName(type.BaseType!.GetGenericArguments()[0]).ShouldBe(RefOf(method, "request"), type.FullName);
            ResponseName(type.BaseType!.GetGenericArguments()[1]).ShouldBe(RefOf(method, "response"), type.FullName);
        }
    }

    [DiscoveryFact]
    public void Schemas_have_the_fields_of_the_contract()
    {
        var types = typeof(GmailService).Assembly.GetTypes().Where(t => t.Namespace == "Google.Apis.Gmail.v1.Data" && !t.IsNested).ToArray();
        types.Length.ShouldBe(28);
        foreach (var type in types)
        {
            var fields = type.GetProperties()
                .Where(p => p.GetCustomAttributes().OfType<JsonPropertyAttribute>().Any())
                .ToDictionary(p => p.GetCustomAttributes().OfType<JsonPropertyAttribute>().Single().PropertyName!, p => Kind(p.PropertyType), StringComparer.Ordinal);
            var expected = GmailContract.Schema(type.Name).GetProperty("properties").EnumerateObject().ToDictionary(p => p.Name, p => Kind(p.Value), StringComparer.Ordinal);
            fields.OrderBy(f => f.Key, StringComparer.Ordinal).ShouldBe(expected.OrderBy(f => f.Key, StringComparer.Ordinal), type.Name);
        }
    }

    private static GmailService NewService() => new(new BaseClientService.Initializer { ApplicationName = "Test" });

    private static IEnumerable<Type> NestedTypes(Type type) =>
        type.GetNestedTypes().SelectMany(t => NestedTypes(t).Prepend(t));

    private static object Create(Type type, GmailService service)
    {
        var constructor = type.GetConstructors().Single();
        var arguments = constructor.GetParameters().Select(p =>
            p.ParameterType == typeof(IClientService) ? service
            : p.ParameterType == typeof(string) ? p.Name
            : p.ParameterType == typeof(Stream) ? new MemoryStream()
            : Activator.CreateInstance(p.ParameterType));
        return constructor.Invoke([.. arguments]);
    }

    private static JsonElement Method(Type type, string name)
    {
        var id = new List<string> { name };
        for (var outer = type.DeclaringType; outer is not null && outer != typeof(UsersResource); outer = outer.DeclaringType)
        {
            var resource = outer.Name.Replace("Resource", "", StringComparison.Ordinal);
            id.Insert(0, char.ToLowerInvariant(resource[0]) + resource[1..]);
        }

        return GmailContract.Methods()["gmail.users." + string.Join('.', id)];
    }

    private static void ParametersMatch(Type type, JsonElement method)
    {
        var written = type.GetProperties()
            .Select(p => p.GetCustomAttributes().OfType<RequestParameterAttribute>().SingleOrDefault() is { } a ? $"{a.Name} {a.Type.ToString().ToLowerInvariant()} {Values(p.PropertyType)}" : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Where(p => !CommonParameters.Contains(p.Split(' ')[0], StringComparer.Ordinal))
            .Order(StringComparer.Ordinal);
        var expected = method.GetProperty("parameters").EnumerateObject()
            .Select(p => $"{p.Name} {p.Value.GetProperty("location").GetString()} {(p.Value.TryGetProperty("enum", out var values) ? string.Join(',', values.EnumerateArray().Select(v => v.GetString()).Order(StringComparer.Ordinal)) : "")}")
            .Order(StringComparer.Ordinal);
        written.ShouldBe(expected, type.FullName);
    }

    private static string Values(Type type)
    {
        var inner = type.IsGenericType ? type.GetGenericArguments()[0] : type;
        return inner.IsEnum ? string.Join(',', inner.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetCustomAttributes().OfType<StringValueAttribute>().Single().Text).Order(StringComparer.Ordinal)) : "";
    }

    private static void BodyMatches(Type type, JsonElement method)
    {
        var body = type.GetConstructors().Single().GetParameters().SingleOrDefault(p => p.Name == "body");
        body?.ParameterType.Name.ShouldBe(RefOf(method, "request"), type.FullName);
        if (body is null)
            RefOf(method, "request").ShouldBeNull(type.FullName);
    }

    private static string? RefOf(JsonElement method, string part) =>
        method.TryGetProperty(part, out var schema) ? schema.GetProperty("$ref").GetString() : null;

    private static string? ResponseName(Type type) => type == typeof(string) ? null : type.Name;

    private static string Kind(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsGenericType ? $"[{Kind(inner.GetGenericArguments()[0])}]"
            : inner == typeof(string) ? "string"
            : inner == typeof(ulong) ? "uint64"
            : inner == typeof(long) ? "int64"
            : inner == typeof(int) ? "int32"
            : inner == typeof(bool) ? "boolean"
            : inner.Name;
    }

    private static string Kind(JsonElement property)
    {
        if (property.TryGetProperty("$ref", out var name))
            return name.GetString()!;
        var format = property.TryGetProperty("format", out var f) ? f.GetString() : null;
        return (property.GetProperty("type").GetString(), format) switch
        {
            ("array", _) => $"[{Kind(property.GetProperty("items"))}]",
            ("string", "uint64" or "int64") => format!,
            ("integer", "uint32") => "int64",
            ("integer", _) => format!,
            (var type, _) => type!,
        };
    }
}
