using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema LabelColor of the contract.</summary>
internal sealed class LabelColor : IDirectResponseSchema
{
    [JsonProperty("textColor")]
    public string? TextColor { get; set; }

    [JsonProperty("backgroundColor")]
    public string? BackgroundColor { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
