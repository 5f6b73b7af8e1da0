using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>A conversation.</summary>
internal sealed class Thread : IDirectResponseSchema
{
    [JsonProperty("id")]
    public string? Id { get; set; }

    [JsonProperty("snippet")]
    public string? Snippet { get; set; }

    [JsonProperty("historyId")]
    public ulong? HistoryId { get; set; }

    [JsonProperty("messages")]
    public IList<Message>? Messages { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
