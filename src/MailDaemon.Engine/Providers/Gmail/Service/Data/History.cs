using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>What one change did; a message may stand in several lists.</summary>
internal sealed class History : IDirectResponseSchema
{
    [JsonProperty("id")]
    public ulong? Id { get; set; }

    [JsonProperty("messages")]
    public IList<Message>? Messages { get; set; }

    [JsonProperty("messagesAdded")]
    public IList<HistoryMessageAdded>? MessagesAdded { get; set; }

    [JsonProperty("messagesDeleted")]
    public IList<HistoryMessageDeleted>? MessagesDeleted { get; set; }

    [JsonProperty("labelsAdded")]
    public IList<HistoryLabelAdded>? LabelsAdded { get; set; }

    [JsonProperty("labelsRemoved")]
    public IList<HistoryLabelRemoved>? LabelsRemoved { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
