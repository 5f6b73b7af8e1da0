using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ClassificationLabelValue of the contract.</summary>
internal sealed class ClassificationLabelValue : IDirectResponseSchema
{
    [JsonProperty("labelId")]
    public string? LabelId { get; set; }

    [JsonProperty("fields")]
    public IList<ClassificationLabelFieldValue>? Fields { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
