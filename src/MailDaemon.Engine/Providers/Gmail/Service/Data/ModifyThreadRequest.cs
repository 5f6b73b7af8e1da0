using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ModifyThreadRequest of the contract.</summary>
internal sealed class ModifyThreadRequest : IDirectResponseSchema
{
    [JsonProperty("addLabelIds")]
    public IList<string>? AddLabelIds { get; set; }

    [JsonProperty("removeLabelIds")]
    public IList<string>? RemoveLabelIds { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
