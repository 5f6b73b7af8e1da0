using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ListDraftsResponse of the contract.</summary>
internal sealed class ListDraftsResponse : IDirectResponseSchema
{
    [JsonProperty("drafts")]
    public IList<Draft>? Drafts { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }

    [JsonProperty("resultSizeEstimate")]
    public long? ResultSizeEstimate { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
