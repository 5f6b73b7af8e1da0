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
    /// <exception cref="MailException">400 <c>invalid_json</c>.</exception>
    public static async Task<JsonDocument?> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (HttpMethods.IsGet(request.Method) || !await HasBodyAsync(request, ct))
            return null;

        try
        {
            var document = await JsonDocument.ParseAsync(request.BodyReader.AsStream(), strictJson, ct);
            var isObject = document.RootElement.ValueKind == JsonValueKind.Object;
            if (isObject && Utf8.IsValid(JsonMarshal.GetRawUtf8Value(document.RootElement)))
                return document;

            document.Dispose();
            throw MailException.InvalidInput("invalid_json", isObject ? "The body is not UTF-8" : "The body must be a JSON object");
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            throw MailException.InvalidInput(
                "invalid_json", $"The body is not valid JSON, has a key twice or is nested deeper than {ApiJson.MaxDepth}{place}");
        }
    }

    /// <exception cref="MailException">400, naming what is wrong.</exception>
    public static object Read(InputModel model, RouteValueDictionary route, IQueryCollection query, JsonElement? body)
    {
        if (model.IsStrict)
            RefuseUnknown(model, query);

        var problems = new Problems();
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
        var merged = Merge(given, problems);
        problems.ThrowIfAny();
        var request = Deserialize(model, merged.Span);
        model.Shape.CheckRules(request, problems.Add);
        problems.ThrowIfAny();
        return request;
    }

    private static async ValueTask<bool> HasBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
            return false;

        var first = await request.BodyReader.ReadAsync(ct);
        request.BodyReader.AdvanceTo(first.Buffer.Start);
        return !first.Buffer.IsEmpty;
    }

    private static void RefuseUnknown(InputModel model, IQueryCollection query)
    {
        foreach (var name in query.Keys)
        {
            if (!model.Fields.Any(f => f.IsReadFrom(InputHome.Query) && f.Names.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                var shown = Shown(name);
                throw new MailException(MailFault.InvalidInput, "unknown_parameter", $"Unknown parameter {shown}")
                {
                    Details = new Dictionary<string, string>(StringComparer.Ordinal) { [shown] = "is not a parameter of this route" },
                };
            }
        }
    }

    private static Given? Find(InputField field, RouteValueDictionary route, IQueryCollection query, JsonElement? body)
    {
        Given? found = null;
        if (field.IsReadFrom(InputHome.Route) && route.TryGetValue(field.Name, out var segment) && segment is string { Length: > 0 } text)
            found = new Given(field, text, null);

        foreach (var name in field.Names)
        {
            if (field.IsReadFrom(InputHome.Query))
            {
                foreach (var value in query.TryGetValue(name, out var values) ? values : StringValues.Empty)
                {
                    if (!string.IsNullOrEmpty(value))
                        found = Agree(found, new Given(field, value, null));
                }
            }

            if (field.IsReadFrom(InputHome.Body)
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
        {
            var name = second.Field.Name;
            throw new MailException(MailFault.InvalidInput, "conflicting_parameter", $"Parameter {name} is given twice with different values")
            {
                Details = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = "is given twice with different values" },
            };
        }

        return second.Element is null && first is not null ? first.Value : second;
    }

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

    private static ReadOnlyMemory<byte> Merge(List<Given> given, Problems problems)
    {
        var size = given.Sum(g => g.Element is { } e ? JsonMarshal.GetRawUtf8Value(e).Length : g.Text.Length * 3);
        var merged = new ArrayBufferWriter<byte>(size + 256);
        using (var writer = new Utf8JsonWriter(merged))
        {
            writer.WriteStartObject();
            foreach (var value in given)
            {
                writer.WritePropertyName(value.Field.Name);
                if (value is { Element: { ValueKind: JsonValueKind.Number } number, Field.MayBeNumber: true })
                {
                    writer.WriteStringValue(number.GetRawText());
                }
                else if (value.Element is { } element)
                {
                    writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(element), skipInputValidation: true);
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
            var top = path.Split('.', '[')[0];
            var field = model.Fields.FirstOrDefault(f => string.Equals(f.Name, top, StringComparison.Ordinal));
            var isTop = field is not null && string.Equals(path, top, StringComparison.Ordinal);
            var problems = new Problems();
            problems.Add(path, isTop ? field!.Expectation : "is missing, or not of the documented form");
            throw problems.ToException();
        }
    }

    private static string Shown(string text)
    {
        var clean = string.Concat(text.Where(c => !char.IsControl(c)).Take(64));
        return clean.Length == text.Length ? clean : clean + "…";
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
        private static string SafeText(JsonElement element)
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

    private sealed class Problems
    {
        private readonly Dictionary<string, string> found = new(StringComparer.Ordinal);

        public void Add(string name, string problem)
        {
            if (found.Count < 20)
                found.TryAdd(Shown(name), problem);
        }

        public void ThrowIfAny()
        {
            if (found.Count > 0)
                throw ToException();
        }

        public MailException ToException()
        {
            var (name, problem) = found.First();
            return new MailException(MailFault.InvalidInput, "invalid_parameter", $"{(name.Length == 0 ? "The body" : name)} {problem}")
            {
                Details = found,
            };
        }
    }
}
