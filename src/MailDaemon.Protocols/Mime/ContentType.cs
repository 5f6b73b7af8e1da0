using System.Collections.Frozen;
using MailDaemon.Protocols.Mime.Fields;

namespace MailDaemon.Protocols.Mime;

/// <summary>What a body is (RFC 2045 §5): lower-case type and subtype, parameters decoded (RFC 2231, and RFC 2047 as seen in practice).</summary>
public sealed record ContentType
{
    public required string Type { get; init; }

    public required string Subtype { get; init; }

    /// <summary>Names are case-insensitive.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Lower-case, as <c>text/plain</c>.</summary>
    public string MediaType => $"{Type}/{Subtype}";

    public string? Charset => Get("charset");

    public string? Boundary => Get("boundary");

    public string? Name => FileNames.Clean(Get("name"));

    /// <summary>Reads an unfolded field value; what cannot be read becomes <c>text/plain</c> (RFC 2045 §5.2).</summary>
    public static ContentType Parse(string value)
    {
        var (type, subtype, parameters) = MediaTypeField.Parse(value);
        return Create(type, subtype, parameters);
    }

    /// <summary>From the pieces IMAP's BODYSTRUCTURE gives: parameters still in their RFC 2231 or RFC 2047 form.</summary>
    public static ContentType Create(string type, string subtype, IEnumerable<KeyValuePair<string, string>> encodedParameters) => new()
    {
        Type = type.ToLowerInvariant(),
        Subtype = subtype.ToLowerInvariant(),
        Parameters = ParameterList.Decode(encodedParameters),
    };

    public override string ToString() => MediaType;

    private string? Get(string name) => Parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
