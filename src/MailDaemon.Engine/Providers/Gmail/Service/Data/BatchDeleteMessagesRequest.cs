using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema BatchDeleteMessagesRequest of the contract.</summary>
internal sealed class BatchDeleteMessagesRequest : IDirectResponseSchema
{
    [JsonProperty("ids")]
    public IList<string>? Ids { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
