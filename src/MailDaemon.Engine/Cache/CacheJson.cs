using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>What the cache keeps as JSON: message contents, recipients and labels. Derived properties are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(MessageContent))]
[JsonSerializable(typeof(IReadOnlyList<Attachment>))]
[JsonSerializable(typeof(IReadOnlyList<EmailAddress>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class CacheJson : JsonSerializerContext
{
    public static CacheJson Readable => Holder.Readable;

    /// <summary>Apart, because the order of static fields over the files of a class is not defined.</summary>
    private static class Holder
    {
        public static readonly CacheJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}

/// <summary>What the cache publishes: items with the names of both versions of the API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(MessageItem))]
[JsonSerializable(typeof(PublishedSync))]
internal sealed partial class PublishedJson : JsonSerializerContext
{
    public static PublishedJson Readable => Holder.Readable;

    private static class Holder
    {
        public static readonly PublishedJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}

/// <summary>The shape of <c>sync.json</c>.</summary>
internal sealed record PublishedSync(
    string Provider,
    string Email,
    DateTimeOffset UpdatedAt,
    int Total,
    int Unread,
    PassResult? LastPass,
    SyncProgress? Progress,
    IReadOnlyList<PublishedFolder> Folders,
    IReadOnlyList<PublishedCursor> Cursors);

internal sealed record PublishedFolder(string Path, string Folder, int Total, int Unread, DateTimeOffset? LastPass, string? Error)
{
    /// <summary>Messages that the server refuses to give.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefusedRow>? Refused { get; init; }
}

internal sealed record PublishedCursor(string Scope, string? Cursor);
