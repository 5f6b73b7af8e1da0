using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>A MIME part.</summary>
internal sealed class MessagePart : IDirectResponseSchema
{
    [JsonProperty("partId")]
    public string? PartId { get; set; }

    [JsonProperty("mimeType")]
    public string? MimeType { get; set; }

    [JsonProperty("filename")]
    public string? Filename { get; set; }

    [JsonProperty("headers")]
    public IList<MessagePartHeader>? Headers { get; set; }

    [JsonProperty("body")]
    public MessagePartBody? Body { get; set; }

    [JsonProperty("parts")]
    public IList<MessagePart>? Parts { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
