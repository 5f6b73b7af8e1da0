using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema SmtpMsa of the contract.</summary>
internal sealed class SmtpMsa : IDirectResponseSchema
{
    [JsonProperty("host")]
    public string? Host { get; set; }

    [JsonProperty("port")]
    public int? Port { get; set; }

    [JsonProperty("username")]
    public string? Username { get; set; }

    [JsonProperty("password")]
    public string? Password { get; set; }

    [JsonProperty("securityMode")]
    public string? SecurityMode { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
