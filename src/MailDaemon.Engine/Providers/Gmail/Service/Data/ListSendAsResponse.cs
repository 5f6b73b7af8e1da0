using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema ListSendAsResponse of the contract.</summary>
internal sealed class ListSendAsResponse : IDirectResponseSchema
{
    [JsonProperty("sendAs")]
    public IList<SendAs>? SendAs { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
