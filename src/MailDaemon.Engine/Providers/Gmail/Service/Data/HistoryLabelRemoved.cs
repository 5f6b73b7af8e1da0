using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema HistoryLabelRemoved of the contract.</summary>
internal sealed class HistoryLabelRemoved : IDirectResponseSchema
{
    [JsonProperty("message")]
    public Message? Message { get; set; }

    [JsonProperty("labelIds")]
    public IList<string>? LabelIds { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
