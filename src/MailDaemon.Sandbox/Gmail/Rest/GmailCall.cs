using System.Globalization;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>A request of the API, whether it came alone or in a batch.</summary>
internal sealed record GmailCall
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public required string Verb { get; init; }

    /// <summary>Without the query; of an upload without its prefix.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Query { get; init; }

    /// <summary>The access token, null when there is none.</summary>
    public string? Token { get; init; }

    /// <summary>JSON; of an upload, what stands beside the message.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>The message of an upload; null when this is none.</summary>
    public byte[]? Media { get; init; }

    public bool IsBatchPart { get; init; }

    /// <summary>Whether the path was one for uploads.</summary>
    public bool IsUpload { get; init; }

    /// <summary>The path for the log: as it came, without an access token.</summary>
    public required string LoggedPath { get; init; }

    /// <summary>What stands in the path for <c>{id}</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> PathValues { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whose mailbox it is about; set once the token is known to be good.</summary>
    public GmailMailbox Mailbox { get; init; } = null!;

    /// <summary>What the token is good for.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Told the answer before it can be lost on its way; null when nobody keeps it.</summary>
    public Action<GmailReply>? Answered { get; init; }

    public string Id => PathValues["id"];

    /// <param name="outerToken">The token of the batch around it, for a part that has none of its own.</param>
    public static GmailCall Of(HttpIn request, string? outerToken = null) => new()
    {
        Verb = request.Verb,
        Path = request.Path,
        Query = request.Query,
        Token = request.Token ?? outerToken,
        Body = request.Body,
        LoggedPath = request.LoggedPath,
    };

    /// <summary>The first value of a parameter, null when it is not there.</summary>
    public string? One(string name) => Query.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    public IReadOnlyList<string> All(string name) => [.. Query.Where(pair => pair.Key == name).Select(pair => pair.Value)];

    public bool IsTrue(string name) => One(name) is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <exception cref="GmailException">It is no number, or negative.</exception>
    public int Number(string name, int missing, int max)
    {
        if (One(name) is not { } value)
        {
            return missing;
        }

        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw GmailException.InvalidArgument($"Invalid value at '{name}' (TYPE_UINT32), \"{value}\"");
        }

        return Math.Min(number == 0 ? missing : number, max);
    }

    /// <summary>The body as JSON; an empty object when there is none.</summary>
    /// <exception cref="GmailException">It is no JSON object.</exception>
    public JsonElement Json()
    {
        if (Body.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return Nothing;
        }

        try
        {
            var json = JsonDocument.Parse(Body).RootElement;
            return json.ValueKind == JsonValueKind.Object ? json : throw BadJson();
        }
        catch (JsonException)
        {
            throw BadJson();
        }
    }

    private static GmailException BadJson() => GmailException.InvalidArgument("Invalid JSON payload received. Root element must be a message.");
}

/// <summary>Fields of a JSON body as Google reads them.</summary>
internal static class JsonFields
{
    /// <exception cref="GmailException">It is there and no string.</exception>
    public static string? Text(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Bad(name),
    };

    /// <exception cref="GmailException">It is there and no list of strings.</exception>
    public static IReadOnlyList<string> Texts(this JsonElement json, string name) => Field(json, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Bad(name),
    };

    /// <exception cref="GmailException">It is there and no object.</exception>
    public static JsonElement? Object(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => value,
        _ => throw Bad(name),
    };

    private static JsonElement? Field(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static GmailException Bad(string name) => GmailException.InvalidArgument($"Invalid value at '{name}'");
}
