using System.Text;

namespace MailDaemon.Sandbox.Net;

/// <summary>A request as it came over HTTP, or in a part of a batch.</summary>
/// <param name="Target">Path and query; a part of a batch may name the whole address.</param>
internal sealed record HttpIn(string Verb, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    private const int MaxParameters = 2000;

    /// <summary>Still escaped.</summary>
    public string Path => field ??= PathAndQuery.Split('?', 2)[0];

    public IReadOnlyList<KeyValuePair<string, string>> Query => field ??= Parameters(PathAndQuery.Split('?', 2).ElementAtOrDefault(1) ?? "");

    /// <summary>The fields of a form in the body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Form => field ??= Parameters(Encoding.UTF8.GetString(Body));

    /// <summary>The access token of the header or the query; null when there is none.</summary>
    public string? Token => Header("Authorization") is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        ? header["Bearer ".Length..].Trim()
        : Query.FirstOrDefault(IsToken).Value;

    /// <summary>Path and query without a token.</summary>
    public string LoggedPath => Query.Any(IsSecret)
        ? $"{Path}?{string.Join('&', Query.Where(pair => !IsSecret(pair)).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"))}"
        : PathAndQuery;

    private string PathAndQuery => field ??= Uri.TryCreate(Target, UriKind.Absolute, out var uri) && uri.Scheme.StartsWith("http", StringComparison.Ordinal) ? uri.PathAndQuery : Target;

    /// <summary>The first header of that name, null when there is none.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    /// <summary>A request as it stands in a part of a batch.</summary>
    /// <exception cref="InvalidDataException">It has no request line.</exception>
    public static HttpIn Parse(byte[] text)
    {
        var end = text.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.UTF8.GetString(text, 0, end < 0 ? text.Length : end).TrimStart();
        var lines = head.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        if (lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var verb, var target, ..])
        {
            throw new InvalidDataException("A part has no request line");
        }

        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).Select(pair => new KeyValuePair<string, string>(pair[0].Trim(), pair[1].Trim()));
        return new HttpIn(verb, target, [.. headers], end < 0 ? [] : text[(end + 4)..]);
    }

    private static bool IsToken(KeyValuePair<string, string> pair) => pair.Key is "access_token" or "oauth_token";

    private static bool IsSecret(KeyValuePair<string, string> pair) => IsToken(pair) || pair.Key is "token" or "code" or "client_secret" or "refresh_token";

    private static List<KeyValuePair<string, string>> Parameters(string text) =>
    [
        .. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Take(MaxParameters).Select(part => part.Replace('+', ' ').Split('=', 2))
            .Select(pair => new KeyValuePair<string, string>(Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "")),
    ];
}
