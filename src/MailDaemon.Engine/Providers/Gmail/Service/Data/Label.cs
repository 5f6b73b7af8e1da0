using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>A label: of the system, whose id is its name, or the user's.</summary>
internal sealed class Label : IDirectResponseSchema
{
    [JsonProperty("id")]
    public string? Id { get; set; }

    [JsonProperty("name")]
    public string? Name { get; set; }

    [JsonProperty("messageListVisibility")]
    public string? MessageListVisibility { get; set; }

    [JsonProperty("labelListVisibility")]
    public string? LabelListVisibility { get; set; }

    [JsonProperty("type")]
    public string? Type { get; set; }

    [JsonProperty("messagesTotal")]
    public int? MessagesTotal { get; set; }

    [JsonProperty("messagesUnread")]
    public int? MessagesUnread { get; set; }

    [JsonProperty("threadsTotal")]
    public int? ThreadsTotal { get; set; }

    [JsonProperty("threadsUnread")]
    public int? ThreadsUnread { get; set; }

    [JsonProperty("color")]
    public LabelColor? Color { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
