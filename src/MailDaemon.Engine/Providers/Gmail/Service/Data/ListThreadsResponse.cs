using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ListThreadsResponse of the contract.</summary>
internal sealed class ListThreadsResponse : IDirectResponseSchema
{
    [JsonProperty("threads")]
    public IList<Thread>? Threads { get; set; }

    [JsonProperty("nextPageToken")]
    public string? NextPageToken { get; set; }

    [JsonProperty("resultSizeEstimate")]
    public long? ResultSizeEstimate { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
