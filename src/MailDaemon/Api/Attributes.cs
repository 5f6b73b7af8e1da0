namespace MailDaemon.Api;

/// <summary>On a string: a text of lines; tab, CR and LF are allowed in it, other controls are not.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MultilineTextAttribute : Attribute;

/// <summary>On a property of a request, at any depth: other names it may come by. The API document lists them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AliasAttribute(params string[] names) : Attribute
{
    public string[] Names { get; } = names;
}

/// <summary>On a property of a request: names that other APIs have for it. They are refused, and the refusal names this one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotCalledAttribute(params string[] names) : Attribute
{
    public string[] Names { get; } = names;
}

/// <summary>On a type with a converter of its own that takes objects, alone or in an array: what these objects hold.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ItemsAreAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}

/// <summary>On a string of a request that names a thing by its number, or a list of such: in the body it may come as a JSON number too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OrNumberAttribute : Attribute;

/// <summary>On a property of a request: it is read from its documented home and from nowhere else.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HomeOnlyAttribute : Attribute;

/// <summary>On a property: the value that the API document shows, as JSON or, for strings, as it is.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExampleAttribute(string value) : Attribute
{
    public string Value { get; } = value;
}

/// <summary>On an endpoint of GET that waits or changes something: HEAD is answered at once, with this type, and does nothing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NotForHeadAttribute(string contentType = "application/json; charset=utf-8") : Attribute
{
    public string ContentType { get; } = contentType;
}

/// <summary>On an endpoint of POST whose reply holds a secret: the reply is not kept for a repeat under the same <c>Idempotency-Key</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RepliesSecretAttribute : Attribute;

/// <summary>On an endpoint: the statuses of success it answers with, when that is not only 200.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RepliesAttribute(params int[] statuses) : Attribute
{
    public int[] Statuses { get; } = statuses;
}

/// <summary>On an endpoint: the failures it can answer with, besides those that every route has (400, 403, 429, 500; 413 and 415 with a body).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FailsAttribute(params int[] statuses) : Attribute
{
    public int[] Statuses { get; } = statuses;
}
