using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ClassificationLabelFieldValue of the contract.</summary>
internal sealed class ClassificationLabelFieldValue : IDirectResponseSchema
{
    [JsonProperty("fieldId")]
    public string? FieldId { get; set; }

    [JsonProperty("selection")]
    public string? Selection { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
