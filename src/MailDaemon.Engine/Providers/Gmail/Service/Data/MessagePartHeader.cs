using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema MessagePartHeader of the contract.</summary>
internal sealed class MessagePartHeader : IDirectResponseSchema
{
    [JsonProperty("name")]
    public string? Name { get; set; }

    [JsonProperty("value")]
    public string? Value { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
