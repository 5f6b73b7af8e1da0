using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ListLabelsResponse of the contract.</summary>
internal sealed class ListLabelsResponse : IDirectResponseSchema
{
    [JsonProperty("labels")]
    public IList<Label>? Labels { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
