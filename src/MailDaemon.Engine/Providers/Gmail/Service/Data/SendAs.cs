using Google.Apis.Requests;
using Newtonsoft.Json;

namespace Google.Apis.Gmail.v1.Data;

/// <summary>The schema SendAs of the contract.</summary>
internal sealed class SendAs : IDirectResponseSchema
{
    [JsonProperty("sendAsEmail")]
    public string? SendAsEmail { get; set; }

    [JsonProperty("displayName")]
    public string? DisplayName { get; set; }

    [JsonProperty("replyToAddress")]
    public string? ReplyToAddress { get; set; }

    [JsonProperty("signature")]
    public string? Signature { get; set; }

    [JsonProperty("isPrimary")]
    public bool? IsPrimary { get; set; }

    [JsonProperty("isDefault")]
    public bool? IsDefault { get; set; }

    [JsonProperty("treatAsAlias")]
    public bool? TreatAsAlias { get; set; }

    [JsonProperty("smtpMsa")]
    public SmtpMsa? SmtpMsa { get; set; }

    [JsonProperty("verificationStatus")]
    public string? VerificationStatus { get; set; }

    [JsonIgnore]
    public string? ETag { get; set; }
}
