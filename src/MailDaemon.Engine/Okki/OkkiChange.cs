using System.Text.Json.Serialization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Okki;

/// <summary>Settings of the CRM that were given over the API, in place of those of the settings file; null leaves one as it is.</summary>
public sealed record OkkiChange
{
    public bool? Enabled { get; init; }

    public bool? DryRun { get; init; }

    public string? BaseUrl { get; init; }

    public string? ClientId { get; init; }

    [JsonIgnore]
    public Secret? ClientSecret { get; init; }

    public string? Mode { get; init; }

    public double? AutoWriteMin { get; init; }

    public bool? SyncSent { get; init; }

    public string? Language { get; init; }

    public int? RemarkTypeEmail { get; init; }

    public int? RemarkTypeQuotation { get; init; }

    public string? VectorMode { get; init; }

    public string? VectorUrl { get; init; }

    public string? VectorModel { get; init; }

    [JsonIgnore]
    public Secret? VectorApiKey { get; init; }

    internal OkkiChange Over(OkkiChange before) => new()
    {
        Enabled = Enabled ?? before.Enabled,
        DryRun = DryRun ?? before.DryRun,
        BaseUrl = BaseUrl ?? before.BaseUrl,
        ClientId = ClientId ?? before.ClientId,
        Mode = Mode ?? before.Mode,
        AutoWriteMin = AutoWriteMin ?? before.AutoWriteMin,
        SyncSent = SyncSent ?? before.SyncSent,
        Language = Language ?? before.Language,
        RemarkTypeEmail = RemarkTypeEmail ?? before.RemarkTypeEmail,
        RemarkTypeQuotation = RemarkTypeQuotation ?? before.RemarkTypeQuotation,
        VectorMode = VectorMode ?? before.VectorMode,
        VectorUrl = VectorUrl ?? before.VectorUrl,
        VectorModel = VectorModel ?? before.VectorModel,
    };

    internal OkkiOptions On(OkkiOptions options, string? clientSecret, string? apiKey) => options with
    {
        Enabled = Enabled ?? options.Enabled,
        DryRun = DryRun ?? options.DryRun,
        BaseUrl = BaseUrl ?? options.BaseUrl,
        ClientId = ClientId ?? options.ClientId,
        ClientSecret = clientSecret ?? options.ClientSecret,
        Mode = Mode ?? options.Mode,
        AutoWriteMin = AutoWriteMin ?? options.AutoWriteMin,
        SyncSent = SyncSent ?? options.SyncSent,
        Language = Language ?? options.Language,
        RemarkTypeEmail = RemarkTypeEmail ?? options.RemarkTypeEmail,
        RemarkTypeQuotation = RemarkTypeQuotation ?? options.RemarkTypeQuotation,
        Vector = options.Vector with
        {
            Mode = VectorMode ?? options.Vector.Mode,
            Url = VectorUrl ?? options.Vector.Url,
            Model = VectorModel ?? options.Vector.Model,
            ApiKey = apiKey ?? options.Vector.ApiKey,
        },
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OkkiChange))]
internal sealed partial class OkkiChangeJson : JsonSerializerContext;
