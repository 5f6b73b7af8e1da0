using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>A message. The format of the request decides what of it is there.</summary>
internal sealed class Message : IDirectResponseSchema
{
    [JsonProperty("id")]
    public string? Id { get; set; }

    [JsonProperty("threadId")]
    public string? ThreadId { get; set; }

    [JsonProperty("labelIds")]
    public IList<string>? LabelIds { get; set; }

    [JsonProperty("snippet")]
    public string? Snippet { get; set; }

    [JsonProperty("historyId")]
    public ulong? HistoryId { get; set; }

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    [JsonProperty("internalDate")]
    public long? InternalDate { get; set; }

    [JsonProperty("payload")]
    public MessagePart? Payload { get; set; }

    /// <summary>Bytes.</summary>
    [JsonProperty("sizeEstimate")]
    public int? SizeEstimate { get; set; }

    /// <summary>The whole mail, base64url; only with the format raw.</summary>
    [JsonProperty("raw")]
    public string? Raw { get; set; }

    [JsonProperty("classificationLabelValues")]
    public IList<ClassificationLabelValue>? ClassificationLabelValues { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
