using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Where the last pass over an Outlook account ended: a link for each folder, as Graph's delta queries have one for each.</summary>
internal sealed record OutlookCursor
{
    /// <summary>By so much the clocks may differ, and a delta may lag.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromMinutes(10);

    /// <summary>When the account was first read.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When the numbers of messages were last compared.</summary>
    public DateTimeOffset CountedAt { get; init; }

    /// <summary>By the ids of the folders.</summary>
    public ImmutableSortedDictionary<string, OutlookFolderCursor> Folders { get; init; } = ImmutableSortedDictionary.Create<string, OutlookFolderCursor>(StringComparer.Ordinal);

    /// <summary>Mail that came before was seen, in whichever folder it was: each was read since, but for clocks that differ and deltas that lag.</summary>
    [JsonIgnore]
    public DateTimeOffset SeenUntil
    {
        get
        {
            var read = Folders.Values.Where(folder => folder is { IsOff: false, HasNoDelta: false }).Select(folder => folder.ReadAt ?? Began).DefaultIfEmpty(Began).Min() - Leeway;
            return read > Began ? read : Began;
        }
    }

    public OutlookCursor With(string id, OutlookFolderCursor folder) => this with { Folders = Folders.SetItem(id, folder) };

    public string Write() => JsonSerializer.Serialize(this, OutlookCursorJson.Default.OutlookCursor);

    /// <returns>Null for none, and for one that cannot be read: then the account is read from the beginning.</returns>
    public static OutlookCursor? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, OutlookCursorJson.Default.OutlookCursor);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Where the last pass over one folder ended.</summary>
internal sealed record OutlookFolderCursor
{
    /// <summary>What it was called then.</summary>
    public required string Path { get; init; }

    /// <summary>Mail that came before is old.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Days back that are read; 0 for all.</summary>
    public int Days { get; init; }

    /// <summary>The settings do not want it.</summary>
    public bool IsOff { get; init; }

    /// <summary>The <c>@odata.deltaLink</c>; null until the folder was read to its end.</summary>
    public string? DeltaLink { get; init; }

    /// <summary>The <c>@odata.nextLink</c> of a walk that is under way; null at its beginning.</summary>
    public string? NextLink { get; init; }

    /// <summary>When it was last read to its end: what came later and is not known is new.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Messages done of the walk that is under way, and in the folder.</summary>
    public int Done { get; init; }

    public int Total { get; init; }

    /// <summary>What the server has is to be held against the cache.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>The server gives no delta of this folder: its newest messages are listed instead.</summary>
    public bool HasNoDelta { get; init; }

    /// <summary>How often in a row its links were lost before one of them told what changed.</summary>
    public int Losses { get; init; }

    /// <summary>When a link of it was last lost; null since one was good.</summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>All of it was read once.</summary>
    [JsonIgnore]
    public bool IsRead => ReadAt is not null;

    /// <summary>Its link is worth nothing any more: all of it is read again, and what is there and not in the cache, or the other way round, is found.</summary>
    public OutlookFolderCursor Lost(DateTimeOffset now) => this with { DeltaLink = null, NextLink = null, Done = 0, IsDoubtful = IsRead, Losses = Losses + 1, LostAt = now };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(OutlookCursor))]
internal sealed partial class OutlookCursorJson : JsonSerializerContext;
