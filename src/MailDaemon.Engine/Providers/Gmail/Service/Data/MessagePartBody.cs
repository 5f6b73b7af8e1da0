using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema MessagePartBody of the contract.</summary>
internal sealed class MessagePartBody : IDirectResponseSchema
{
    /// <summary>Another one at each reading; the old ones stay valid for a while.</summary>
    [JsonProperty("attachmentId")]
    public string? AttachmentId { get; set; }

    /// <summary>Bytes, decoded.</summary>
    [JsonProperty("size")]
    public int? Size { get; set; }

    /// <summary>Base64url; null when there is an attachment id.</summary>
    [JsonProperty("data")]
    public string? Data { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
