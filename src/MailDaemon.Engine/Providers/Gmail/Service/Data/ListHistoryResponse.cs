using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ListHistoryResponse of the contract.</summary>
internal sealed class ListHistoryResponse : IDirectResponseSchema
{
    [JsonProperty("history")]
    public IList<History>? History { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }

    /// <summary>The present one of the mailbox.</summary>
    [JsonProperty("historyId")]
    public ulong? HistoryId { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
