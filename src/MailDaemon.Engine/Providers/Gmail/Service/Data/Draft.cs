using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema Draft of the contract.</summary>
internal sealed class Draft : IDirectResponseSchema
{
    [JsonProperty("id")]
    public string? Id { get; set; }

    [JsonProperty("message")]
    public Message? Message { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
