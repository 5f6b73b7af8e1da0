using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema HistoryMessageDeleted of the contract.</summary>
internal sealed class HistoryMessageDeleted : IDirectResponseSchema
{
    [JsonProperty("message")]
    public Message? Message { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
