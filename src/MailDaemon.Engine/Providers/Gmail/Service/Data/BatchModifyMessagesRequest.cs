using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema BatchModifyMessagesRequest of the contract.</summary>
internal sealed class BatchModifyMessagesRequest : IDirectResponseSchema
{
    [JsonProperty("ids")]
    public IList<string>? Ids { get; set; }

    [JsonProperty("addLabelIds")]
    public IList<string>? AddLabelIds { get; set; }

    [JsonProperty("removeLabelIds")]
    public IList<string>? RemoveLabelIds { get; set; }

    [JsonProperty("addClassificationLabels")]
    public IList<ClassificationLabelValue>? AddClassificationLabels { get; set; }

    [JsonProperty("removeClassificationLabelIds")]
    public IList<string>? RemoveClassificationLabelIds { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
