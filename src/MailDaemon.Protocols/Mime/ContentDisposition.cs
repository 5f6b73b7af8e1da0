using System.Collections.Frozen;
using MailDaemon.Protocols.Mime.Fields;

namespace MailDaemon.Protocols.Mime;

/// <summary>How a part wants to be shown (RFC 2183): lower-case kind, parameters decoded like those of <see cref="ContentType"/>.</summary>
public sealed record ContentDisposition
{
    /// <summary><c>inline</c>, <c>attachment</c>, or another word of the sender's (to be read as attachment).</summary>
    public required string Kind { get; init; }

    /// <summary>Names are case-insensitive.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Null when there is none. Never a path to write to.</summary>
    public string? Filename => FileNames.Clean(Parameters.TryGetValue("filename", out var name) ? name : null);

    /// <summary>Reads an unfolded field value.</summary>
    /// <remarks><c>disposition = disposition-type *(";" disposition-parm)</c></remarks>
    public static ContentDisposition Parse(string value)
    {
        var end = value.AsSpan().IndexOfAny(';', '=', ' ');
        var hasKind = end < 0 || value[end] != '='; // QUIRK: "filename=x" alone
        var kind = !hasKind ? "attachment" : (end < 0 ? value : value[..end]).Trim();
        var rest = !hasKind ? value : end < 0 ? "" : value[end..];
        return Create(kind, ParameterList.Parse(rest));
    }

    /// <summary>From the pieces IMAP's BODYSTRUCTURE gives: parameters still in their RFC 2231 or RFC 2047 form.</summary>
    public static ContentDisposition Create(string kind, IEnumerable<KeyValuePair<string, string>> encodedParameters) => new()
    {
        Kind = kind.ToLowerInvariant(),
        Parameters = ParameterList.Decode(encodedParameters),
    };
}
