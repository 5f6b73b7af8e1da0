using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Where the last pass over a Gmail account ended.</summary>
internal sealed record GmailCursor
{
    /// <summary>Changes up to this point of the mailbox's history are known.</summary>
    public required ulong History { get; init; }

    public GmailPhase Phase { get; init; }

    /// <summary>When the account was first read: what came before is old.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When changes were last read: what came later and is not known is new. Kept only as often as the cursor moves.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>What of the account is wanted (<see cref="GmailWants.Fingerprint"/>): another value means that more, or less, is now.</summary>
    public required string Wants { get; init; }

    /// <summary>Of <see cref="GmailPhase.Listing"/>: which of the lists is being read.</summary>
    public int List { get; init; }

    /// <summary>Of <see cref="GmailPhase.Listing"/>: the page that comes next; null for the first of a list.</summary>
    public string? Page { get; init; }

    /// <summary>Of <see cref="GmailPhase.Listing"/>: messages done, and in the mailbox.</summary>
    public int Done { get; init; }

    public int Total { get; init; }

    /// <summary>Of <see cref="GmailPhase.Comparing"/>: what is missing was there before, because only more of it is wanted now.</summary>
    public bool IsMissingOld { get; init; }

    /// <summary>How often in a row the history was lost before anything could be read of it.</summary>
    public int Losses { get; init; }

    public string Write() => JsonSerializer.Serialize(this, GmailCursorJson.Default.GmailCursor);

    /// <returns>Null for none, and for one that cannot be read: then the account is read from the beginning.</returns>
    public static GmailCursor? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, GmailCursorJson.Default.GmailCursor);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a pass has to do besides reading the history.</summary>
internal enum GmailPhase
{
    /// <summary>Nothing.</summary>
    Done,

    /// <summary>The first pass: all messages, the newest first.</summary>
    Listing,

    /// <summary>All messages and their labels are held against the cache.</summary>
    Comparing,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(GmailCursor))]
internal sealed partial class GmailCursorJson : JsonSerializerContext;
