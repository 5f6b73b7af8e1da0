using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace MailDaemon.Api;

/// <summary>Puts route values, query string and body together into one JSON object, checks it and makes the request record of it.</summary>
internal static partial class InputReader
{
    private static readonly JsonDocumentOptions strictJson = new() { MaxDepth = ApiJson.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The JSON object in the body; null when there is no body.</summary>
    /// <exception cref="MailException">400 <c>invalid_json</c>; 429 <c>too_many_bytes</c>; there is no such account.</exception>
    public static async Task<RequestBody?> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (!await HasBodyAsync(request, ct))
            return null;

        if (RequestBody.MayBeLarge(request))
            NamedAccount.Require(request);
        try
        {
            var body = await RequestBody.ReadAsync(request, strictJson, ct);
            var isObject = body.Root.ValueKind == JsonValueKind.Object;
            if (isObject && Utf8.IsValid(JsonMarshal.GetRawUtf8Value(body.Root)))
                return body;

            body.Dispose();
            throw MailException.InvalidInput("invalid_json", isObject ? "The body is not UTF-8" : "The body must be a JSON object");
        }
        catch (InvalidOperationException)
        {
            throw MailException.InvalidInput("invalid_json", "The body has a name with half of a surrogate pair");
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            throw MailException.InvalidInput(
                "invalid_json", $"The body is not valid JSON, has a key twice or is nested deeper than {ApiJson.MaxDepth}{place}");
        }
    }

    /// <param name="provider">The provider that the path names, where the request has no field for it.</param>
    /// <exception cref="MailException">400, naming what is wrong.</exception>
    public static object Read(InputModel model, RouteValueDictionary route, IQueryCollection query, JsonElement? body, RouteProvider? provider = null)
    {
        RefuseUnknown(model, query, body);
        if (provider is not null)
            RequireSameProvider(provider, query, body);

        var problems = new InputProblems();
        var given = new List<Given>(model.Fields.Count);
        foreach (var field in model.Fields)
        {
            if (Find(field, route, query, body) is { } found)
                given.Add(found);
        }

        RefuseMissing(model, given);
        foreach (var value in given)
        {
            if (value.Element is { } element)
                model.Shape.CheckText(value.Field.Name, element, problems.Add);
            else
                model.Shape.CheckText(value.Field.Name, value.Text, problems.Add);
        }

        problems.ThrowIfAny();
        var merged = Merge(model, given, problems);
        problems.ThrowIfAny();
        var request = Deserialize(model, merged.Span);
        model.Shape.CheckRules(request, problems.Add);
        problems.ThrowIfAny();
        return request;
    }

    /// <summary>For an endpoint that takes no input.</summary>
    /// <exception cref="MailException">400 <c>unknown_parameter</c>: there is some.</exception>
    public static async Task RefuseAllAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = await ReadBodyAsync(request, ct);
        var unknown = new UnknownNames(takesIdempotencyKey: false);
        var names = request.Query.Keys.Concat(body?.Root.EnumerateObject().Select(NameOf) ?? []);
        foreach (var name in names)
            unknown.Add(name, name, KnownNames.None);
        unknown.ThrowIfAny();
    }

    private static async ValueTask<bool> HasBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
            return false;

        var first = await request.BodyReader.ReadAsync(ct);
        request.BodyReader.AdvanceTo(first.Buffer.Start);
        return !first.Buffer.IsEmpty;
    }

    private static void RefuseUnknown(InputModel model, IQueryCollection query, JsonElement? body)
    {
        var unknown = new UnknownNames(model.TakesIdempotencyKey);
        foreach (var name in query.Keys.Where(name => !model.InQuery.Contains(name)))
            unknown.Add(name, name, model.InQuery, model.InBody.Contains(name) ? "JSON body" : null);
        foreach (var member in body?.EnumerateObject() ?? default)
        {
            var name = NameOf(member);
            if (!model.InBody.Contains(name))
                unknown.Add(name, name, model.InBody, model.InQuery.Contains(name) ? "query" : null);
            else if (model.Fields.FirstOrDefault(f => f.IsTakenFrom(InputHome.Body) && f.Names.Contains(name, StringComparer.Ordinal)) is { } field)
                model.Shape.CheckNames(field.Name, member.Value, unknown);
        }

        unknown.ThrowIfAny();
    }

    /// <summary>A name that cannot be decoded is known nowhere.</summary>
    internal static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    private static void RequireSameProvider(RouteProvider provider, IQueryCollection query, JsonElement? body)
    {
        var texts = query.TryGetValue(InputModel.ProviderName, out var values) ? values.Where(value => !string.IsNullOrEmpty(value)).ToList() : [];
        if (body?.TryGetProperty(InputModel.ProviderName, out var element) == true && element.ValueKind != JsonValueKind.Null)
            texts.Add(element.ValueKind == JsonValueKind.String ? Given.SafeText(element) : element.GetRawText());
        if (texts.Exists(text => !ProviderKinds.TryParse(text, out var kind) || kind != provider.Kind))
            throw Conflicting(InputModel.ProviderName);
    }

    private static Given? Find(InputField field, RouteValueDictionary route, IQueryCollection query, JsonElement? body)
    {
        Given? found = null;
        if (field.IsReadFrom(InputHome.Route) && route.TryGetValue(field.Name, out var segment) && segment is string { Length: > 0 } text)
        {
            // Routing leaves a slash encoded, and ids of Outlook have slashes.
            found = new Given(field, text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), null);
        }

        foreach (var name in field.Names)
        {
            if (field.IsTakenFrom(InputHome.Query))
            {
                foreach (var value in query.TryGetValue(name, out var values) ? values : StringValues.Empty)
                {
                    if (!string.IsNullOrEmpty(value))
                        found = Agree(found, new Given(field, value, null));
                }
            }

            if (field.IsTakenFrom(InputHome.Body)
                && body?.TryGetProperty(name, out var element) == true
                && element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                found = Agree(found, new Given(field, "", element));
            }
        }

        return found;
    }

    private static Given Agree(Given? first, Given second)
    {
        if (first is { } known && !known.IsSameAs(second))
            throw Conflicting(second.Field.Name);

        // What the path says goes before: only a text from there is known to be one.
        return first is not null && (second.Element is null || second.Field.Home == InputHome.Route) ? first.Value : second;
    }

    private static MailException Conflicting(string name) =>
        new(MailFault.InvalidInput, "conflicting_parameter", $"Parameter {name} is given twice with different values")
        {
            Details = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = "is given twice with different values" },
        };

    private static void RefuseMissing(InputModel model, List<Given> given)
    {
        var missing = model.Fields
            .Where(f => f.IsRequired && !given.Exists(g => g.Field == f && (f.MayBeEmpty || !g.IsBlank)))
            .Select(f => f.Name)
            .ToList();
        if (missing.Count > 0)
        {
            throw new MailException(MailFault.InvalidInput, "missing_parameter", $"Missing {missing[0]} parameter")
            {
                Details = missing.ToDictionary(name => name, _ => "is missing", StringComparer.Ordinal),
            };
        }
    }

    private static ReadOnlyMemory<byte> Merge(InputModel model, List<Given> given, InputProblems problems)
    {
        var size = given.Sum(g => g.Element is { } e ? JsonMarshal.GetRawUtf8Value(e).Length : g.Text.Length * 3);
        var merged = new ArrayBufferWriter<byte>(size + 256);
        using (var writer = new Utf8JsonWriter(merged))
        {
            writer.WriteStartObject();
            foreach (var value in given)
            {
                writer.WritePropertyName(value.Field.Name);
                if (value.Element is { } element)
                {
                    model.Shape.Copy(writer, value.Field.Name, element, problems.Add);
                }
                else if (!value.Field.IsScalar)
                {
                    problems.Add(value.Field.Name, "must be given in the JSON body");
                    writer.WriteNullValue();
                }
                else if (!TryWriteText(writer, value.Field.Property.PropertyType, value.Text))
                {
                    problems.Add(value.Field.Name, value.Field.Expectation);
                }
            }

            writer.WriteEndObject();
        }

        return merged.WrittenMemory;
    }

    // What stands in a URL is text; the type of its property says what JSON it means.
    private static bool TryWriteText(Utf8JsonWriter writer, Type type, string text)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(bool))
        {
            var isBool = bool.TryParse(text, out var value);
            writer.WriteBooleanValue(value);
            return isBool;
        }

        if (plain.IsPrimitive || plain == typeof(decimal))
        {
            const NumberStyles Form = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
            var isNumber = decimal.TryParse(text, Form, CultureInfo.InvariantCulture, out var value);
            writer.WriteNumberValue(value);
            return isNumber;
        }

        // A plus sign that nobody encoded arrives as a blank; before an offset nothing else can be meant by it.
        writer.WriteStringValue(plain == typeof(DateTimeOffset) ? BlankBeforeOffset().Replace(text, "+") : text);
        return true;
    }

    [GeneratedRegex(@"(?<=T\d\d:\d\d.*) (?=\d\d:\d\d$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlankBeforeOffset();

    private static object Deserialize(InputModel model, ReadOnlySpan<byte> merged)
    {
        try
        {
            return JsonSerializer.Deserialize(merged, model.Type)!;
        }
        catch (JsonException e)
        {
            var path = e.Path is { Length: > 2 } p ? p[2..] : "";
            var problems = new InputProblems();
            problems.Add(path, model.Shape.ExpectationAt(path));
            throw problems.ToException();
        }
    }

    /// <summary>One value as it was given: text from the URL or an element of the body.</summary>
    private readonly record struct Given(InputField Field, string Text, JsonElement? Element)
    {
        public bool IsBlank => string.IsNullOrWhiteSpace(
            Element is { } element ? element.ValueKind == JsonValueKind.String ? SafeText(element) : "given" : Text);

        public bool IsSameAs(Given other) => string.Equals(AsText(this), AsText(other), StringComparison.Ordinal);

        private static string AsText(Given value) => value.Element switch
        {
            null => value.Text,
            { ValueKind: JsonValueKind.String } element => SafeText(element),
            { } element => element.GetRawText(),
        };

        // A text with half of a surrogate pair cannot be decoded; it is refused later, by the check for controls.
        internal static string SafeText(JsonElement element)
        {
            try
            {
                return element.GetString()!;
            }
            catch (InvalidOperationException)
            {
                return element.GetRawText();
            }
        }
    }
}
