using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>What a link of a delta query stands for. To a client it is opaque.</summary>
/// <param name="FolderKey">Of the messages; 0 for the delta of folders.</param>
/// <param name="Generation">Of the mailbox's sync state; an older one is forgotten.</param>
/// <param name="IssuedAt">Seconds since 1970.</param>
internal sealed record DeltaToken(long FolderKey, int Generation, long IssuedAt)
{
    /// <summary>The last change that is known to the client, once its first round is over.</summary>
    public long Since { get; init; }

    /// <summary>Where the first round stands: the date and key of the last message told; null in later rounds.</summary>
    public DeltaPlace? Place { get; init; }

    /// <summary>How many messages the first round has told.</summary>
    public int Told { get; init; }

    /// <summary>The place of the page before this one, for a page that comes twice.</summary>
    public DeltaPlace? Before { get; init; }

    public string? Select { get; init; }

    public string? Filter { get; init; }

    public string? Expand { get; init; }

    public bool IsNewestFirst { get; init; }

    public string? ChangeType { get; init; }

    public static DeltaToken? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), DeltaTokenJson.Default.DeltaToken);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    public string Write() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, DeltaTokenJson.Default.DeltaToken)));
}

/// <param name="Ticks">Of the message's date, UTC.</param>
internal sealed record DeltaPlace(long Ticks, long Key);

[JsonSerializable(typeof(DeltaToken))]
internal sealed partial class DeltaTokenJson : JsonSerializerContext;
