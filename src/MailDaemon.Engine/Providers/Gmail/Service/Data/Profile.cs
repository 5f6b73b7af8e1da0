using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema Profile of the contract.</summary>
internal sealed class Profile : IDirectResponseSchema
{
    [JsonProperty("emailAddress")]
    public string? EmailAddress { get; set; }

    [JsonProperty("messagesTotal")]
    public int? MessagesTotal { get; set; }

    [JsonProperty("threadsTotal")]
    public int? ThreadsTotal { get; set; }

    /// <summary>The present one of the mailbox.</summary>
    [JsonProperty("historyId")]
    public ulong? HistoryId { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
