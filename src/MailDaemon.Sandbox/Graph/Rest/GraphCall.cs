using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>A request of the API, whether it came alone or in a batch.</summary>
internal sealed partial record GraphCall
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public required HttpIn Request { get; init; }

    /// <summary>The steps of the path below the version, unescaped.</summary>
    public required IReadOnlyList<string> Segments { get; init; }

    /// <summary>The access token, null when there is none.</summary>
    public string? Token { get; init; }

    /// <summary>Scheme, host, port and version.</summary>
    public required string BaseUrl { get; init; }

    public bool IsBatchPart { get; init; }

    public string Verb => Request.Verb;

    /// <summary>What stands in the path for <c>{id}</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> PathValues { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whose mailbox it is about; set once the token is known to be good.</summary>
    public GraphMailbox Mailbox { get; init; } = null!;

    /// <summary>Whether ids of the answer are to stay when the message is moved.</summary>
    public bool PrefersImmutableIds => Preferences.Any(one => ImmutableIds().IsMatch(one));

    /// <summary>The most items that a page may have; null when the client did not say.</summary>
    public int? MaxPageSize => Preference("odata.maxpagesize") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? Math.Min(size, 1000) : null;

    /// <summary>Whether bodies are wanted as text.</summary>
    public bool PrefersText => Preference("outlook.body-content-type") == "text";

    private IEnumerable<string> Preferences => Request.Headers.Where(header => header.Key.Equals("Prefer", StringComparison.OrdinalIgnoreCase)).SelectMany(header => header.Value.Split([',', ';'], StringSplitOptions.TrimEntries));

    /// <param name="outerToken">The token of the batch around it.</param>
    /// <returns>Null when the path is not below the version.</returns>
    public static GraphCall Of(HttpIn request, string path, string baseUrl, string? outerToken = null) => new()
    {
        Request = request,
        Segments = [.. path.Trim('/').Split('/').SelectMany(WithoutKey).Select(Uri.UnescapeDataString).Select(WithoutNamespace)],
        Token = request.Token ?? outerToken,
        BaseUrl = baseUrl,
        IsBatchPart = outerToken is not null,
    };

    /// <summary>The first value of a query parameter, with or without its dollar sign; null when it is not there.</summary>
    public string? One(string name) => Request.Query.Where(pair => pair.Key.TrimStart('$').Equals(name, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).FirstOrDefault();

    /// <exception cref="GraphException">It is no number, or out of range.</exception>
    public int? Number(string name, int min, int max)
    {
        if (One(name) is not { } value)
        {
            return null;
        }

        return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new GraphException(400, "ErrorInvalidUrlQuery", $"Invalid value '{value}' for ${name} query option found. The ${name} query option requires an integer from {min} to {max}.");
    }

    /// <summary>The body as JSON; an empty object when there is none.</summary>
    /// <exception cref="GraphException">It is no JSON object.</exception>
    public JsonElement Json()
    {
        if (Request.Body.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return Nothing;
        }

        try
        {
            var json = JsonDocument.Parse(Request.Body).RootElement;
            return json.ValueKind == JsonValueKind.Object ? json : throw BadJson();
        }
        catch (JsonException)
        {
            throw BadJson();
        }
    }

    /// <summary>The message that the path names.</summary>
    /// <exception cref="GraphException">There is none, or it is not in the folder that the path names.</exception>
    public GraphMessage Message()
    {
        var text = PathValues["message-id"];
        var id = Mailbox.Ids.Read(text) ?? throw GraphException.MalformedId();
        var message = id.Kind != GraphIdKind.Folder ? Mailbox.Required(text) : throw GraphException.NotFound();
        return PathValues.TryGetValue("mailFolder-id", out var folder) && Mailbox.Folder(folder).Key != message.FolderKey ? throw GraphException.NotFound() : message;
    }

    /// <summary>The folder that the path names.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public GraphFolder Folder() => Mailbox.Folder(PathValues["mailFolder-id"]);

    /// <summary>The id of a message in the kind that the client wants.</summary>
    public string IdOf(GraphMessage message) => IdOf(message.Key, message.Moves);

    public string IdOf(long key, int moves) =>
        Mailbox.Ids.Write(PrefersImmutableIds ? new GraphId(GraphIdKind.ImmutableMessage, key, 0) : new GraphId(GraphIdKind.Message, key, moves));

    private string? Preference(string name) => Preferences.Select(one => one.Split('=', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(pair => pair[1].Trim('"')).FirstOrDefault();

    /// <summary>A key may stand in brackets: <c>mailFolders('x')</c> is <c>mailFolders/x</c>; the links of delta queries have it so.</summary>
    private static IEnumerable<string> WithoutKey(string segment) => Key().Match(segment) is { Success: true } match ? [match.Groups["name"].Value, match.Groups["key"].Value] : [segment];

    /// <summary>A function may be called by its full name, and without brackets: <c>microsoft.graph.delta()</c> is <c>delta</c>.</summary>
    private static string WithoutNamespace(string segment) => segment switch
    {
        "delta()" or "microsoft.graph.delta()" or "microsoft.graph.delta" => "delta",
        _ when segment.StartsWith("microsoft.graph.", StringComparison.Ordinal) => segment["microsoft.graph.".Length..],
        _ => segment,
    };

    private static GraphException BadJson() => GraphException.BadBody("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.");

    [GeneratedRegex("^(?<name>[A-Za-z]+)\\((?:'|%27)(?<key>.+)(?:'|%27)\\)$")]
    private static partial Regex Key();

    [GeneratedRegex("^IdType\\s*=\\s*\"?ImmutableId\"?$", RegexOptions.IgnoreCase)]
    private static partial Regex ImmutableIds();
}
