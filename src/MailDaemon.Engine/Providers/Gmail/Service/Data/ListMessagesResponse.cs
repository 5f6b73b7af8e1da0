using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ListMessagesResponse of the contract.</summary>
internal sealed class ListMessagesResponse : IDirectResponseSchema
{
    [JsonProperty("messages")]
    public IList<Message>? Messages { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }

    [JsonProperty("resultSizeEstimate")]
    public long? ResultSizeEstimate { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
