using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace MailDaemon.Api;

/// <summary>Where a parameter is documented to be.</summary>
internal enum InputHome
{
    Route,
    Query,
    Body,
}

/// <summary>What is known of a request record, read once when its endpoint is first called.</summary>
internal sealed record InputModel(JsonTypeInfo Type, InputShape Shape, IReadOnlyList<InputField> Fields)
{
    /// <summary>The path names the provider: given once more, it must be the same.</summary>
    public bool IsProviderInPath { get; init; }

    public bool TakesIdempotencyKey { get; init; }

    public required KnownNames InQuery { get; init; }

    public required KnownNames InBody { get; init; }

    /// <param name="handler">The endpoint's method.</param>
    public static InputModel Of(JsonTypeInfo type, IReadOnlyList<string> routeNames, IReadOnlyList<string> methods, MethodInfo? handler)
    {
        var initial = type.CreateObject?.Invoke();
        var hasBody = methods.Any(m => m is "POST" or "PUT" or "PATCH");
        var fields = type.Properties.Select(p => Field(p, initial, routeNames, hasBody)).ToList();
        var takes = handler?.GetParameters().Select(parameter => parameter.ParameterType).ToList() ?? [];
        var isProviderInPath = takes.Contains(typeof(RouteProvider)) && !fields.Exists(f => f.Names.Contains(ProviderName, StringComparer.Ordinal));
        return new InputModel(type, new InputShape(type), fields)
        {
            IsProviderInPath = isProviderInPath,
            TakesIdempotencyKey = takes.Contains(typeof(IdempotencyKey)),
            InQuery = Known(fields, InputHome.Query, isProviderInPath),
            InBody = Known(fields, InputHome.Body, isProviderInPath),
        };
    }

    internal const string ProviderName = "provider";

    private static KnownNames Known(List<InputField> fields, InputHome place, bool isProviderInPath)
    {
        var names = fields.Where(f => f.IsTakenFrom(place)).SelectMany(f => f.Names).Concat(isProviderInPath ? [ProviderName] : []).ToList();
        var mistaken = fields.Where(f => f.IsTakenFrom(place)).SelectMany(f => f.NotCalled.Select(name => (Name: NearestName.Fold(name), Meant: f.Name)));
        return new KnownNames(names, mistaken.DistinctBy(m => m.Name, StringComparer.Ordinal).ToDictionary(m => m.Name, m => m.Meant, StringComparer.Ordinal));
    }

    private static InputField Field(JsonPropertyInfo property, object? initial, IReadOnlyList<string> routeNames, bool hasBody)
    {
        var attributes = property.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
        var isInRoute = routeNames.Contains(property.Name, StringComparer.OrdinalIgnoreCase);
        var home = attributes.OfType<IFromRouteMetadata>().Any() || (isInRoute && !attributes.OfType<IFromBodyMetadata>().Any()) ? InputHome.Route
            : attributes.OfType<IFromQueryMetadata>().Any() ? InputHome.Query
            : attributes.OfType<IFromBodyMetadata>().Any() ? InputHome.Body
            : hasBody || !IsScalar(property.PropertyType) ? InputHome.Body
            : InputHome.Query;
        return new InputField(property, home, IsScalar(property.PropertyType))
        {
            Aliases = attributes.OfType<AliasAttribute>().FirstOrDefault()?.Names ?? [],
            NotCalled = attributes.OfType<NotCalledAttribute>().FirstOrDefault()?.Names ?? [],
            MayBeNumber = attributes.OfType<OrNumberAttribute>().Any(),
            IsHomeOnly = attributes.OfType<HomeOnlyAttribute>().Any(),
            IsRequired = property.IsRequired || attributes.OfType<RequiredAttribute>().Any(),
            MayBeEmpty = !attributes.OfType<RequiredAttribute>().Any(r => !r.AllowEmptyStrings),
            Description = DescriptionOf(attributes),
            Example = attributes.OfType<ExampleAttribute>().FirstOrDefault()?.Value,
            Initial = initial is null ? null : property.Get?.Invoke(initial),
        };
    }

    /// <summary>What a property is, and by which other names it may come.</summary>
    internal static string? DescriptionOf(IReadOnlyList<object> attributes)
    {
        var text = attributes.OfType<DescriptionAttribute>().FirstOrDefault()?.Description;
        return attributes.OfType<AliasAttribute>().FirstOrDefault() is { Names: { Length: > 0 } names }
            ? $"{(text is null ? "" : text + ". ")}Also taken as {string.Join(", ", names)}"
            : text;
    }

    // A scalar can stand in a URL; everything else comes in the body.
    private static bool IsScalar(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || plain.IsPrimitive || plain == typeof(string) || plain == typeof(decimal) || plain == typeof(DateTimeOffset)
            || plain == typeof(DateOnly) || plain == typeof(Guid);
    }
}

/// <summary>One parameter of a request.</summary>
internal sealed record InputField(JsonPropertyInfo Property, InputHome Home, bool IsScalar)
{
    public string Name => Property.Name;

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<string> NotCalled { get; init; } = [];

    public IEnumerable<string> Names => Aliases.Prepend(Name);

    public bool IsHomeOnly { get; init; }

    /// <summary>Whether a JSON number stands for the string of its digits.</summary>
    public bool MayBeNumber { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>False where a blank string counts as missing.</summary>
    public bool MayBeEmpty { get; init; }

    public string? Description { get; init; }

    public string? Example { get; init; }

    /// <summary>The value when it is not given.</summary>
    public object? Initial { get; init; }

    public bool IsReadFrom(InputHome place) => Home == place || (!IsHomeOnly && Home != InputHome.Route && place != InputHome.Route);

    /// <summary>Also where it only repeats what the path says.</summary>
    public bool IsTakenFrom(InputHome place) => IsReadFrom(place) || (Home == InputHome.Route && !IsHomeOnly);

    /// <summary>What a value must be, in words.</summary>
    public string Expectation => ExpectationOf(Property.PropertyType);

    internal static string ExpectationOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain switch
        {
            { IsEnum: true } => "must be one of " + string.Join(", ", Enum.GetNames(plain).Select(JsonNamingPolicy.CamelCase.ConvertName)),
            _ when plain == typeof(string) => "must be a string",
            _ when plain == typeof(bool) => "must be true or false",
            _ when plain == typeof(int) || plain == typeof(long) || plain == typeof(uint) || plain == typeof(short) => "must be a whole number",
            { IsPrimitive: true } => "must be a number",
            _ when plain == typeof(decimal) => "must be a number",
            _ when plain == typeof(DateTimeOffset) => "must be an instant like 2026-01-31T08:00:00Z",
            _ when plain == typeof(byte[]) => "must be base64",
            _ when plain == typeof(DateOnly) => "must be a date like 2026-01-31",
            _ when plain.IsArray || (plain.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(plain)) =>
                "must be a JSON array or object of the documented form",
            _ => "must be of the documented form",
        };
    }
}
