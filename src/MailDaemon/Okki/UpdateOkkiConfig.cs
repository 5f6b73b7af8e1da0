using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Changes how the CRM is used.</summary>
internal static class UpdateOkkiConfig
{
    [EndpointSummary("Change how the CRM is used")]
    [EndpointDescription("Only what is named changes, at once and for good; it goes before the settings file. Another baseUrl needs the clientSecret again, another vector.url its apiKey. The command of mode cli is set in the settings file only.")]
    [Tags("OKKI")]
    [Fails]
    public static async Task<Envelope<OkkiConfigView>> HandleAsync(Input<Request> input, OkkiSettings settings, CancellationToken ct)
    {
        await settings.ChangeAsync(input.Value.ToChange(), ct);
        return Envelope.Success(OkkiConfigView.Of(settings));
    }

    public sealed record Request
    {
        [Description("Whether it is used at all"), Example("false")]
        public bool? Enabled { get; init; }

        [Description("What would be written is only noted down"), Example("true")]
        public bool? DryRun { get; init; }

        [Description("https, or http for this machine"), StringLength(500), Example("https://api-sandbox.xiaoman.cn")]
        public string? BaseUrl { get; init; }

        [StringLength(200), Example("efc1126d6")]
        public string? ClientId { get; init; }

        [Description("Kept encrypted and never shown"), StringLength(4096, MinimumLength = 1), Example("dcc2228f1")]
        public string? ClientSecret { get; init; }

        [AllowedValues("http", "cli", null), Example("http")]
        public string? Mode { get; init; }

        [Range(0.0, 1.0), Example("0.9")]
        public double? AutoWriteMin { get; init; }

        [Example("false")]
        public bool? SyncSent { get; init; }

        [AllowedValues("zh", "en", null), Example("zh")]
        public string? Language { get; init; }

        [Range(101, 112), Example("102")]
        public int? RemarkTypeEmail { get; init; }

        [Range(101, 112), Example("101")]
        public int? RemarkTypeQuotation { get; init; }

        public VectorRequest? Vector { get; init; }

        internal OkkiChange ToChange() => new()
        {
            Enabled = Enabled,
            DryRun = DryRun,
            BaseUrl = BaseUrl,
            ClientId = ClientId,
            ClientSecret = ClientSecret is null ? null : new Secret(ClientSecret),
            Mode = Mode,
            AutoWriteMin = AutoWriteMin,
            SyncSent = SyncSent,
            Language = Language,
            RemarkTypeEmail = RemarkTypeEmail,
            RemarkTypeQuotation = RemarkTypeQuotation,
            VectorMode = Vector?.Mode,
            VectorUrl = Vector?.Url,
            VectorModel = Vector?.Model,
            VectorApiKey = Vector?.ApiKey is { } key ? new Secret(key) : null,
        };
    }

    /// <summary>How customers are looked for by likeness.</summary>
    public sealed record VectorRequest
    {
        [Description("embedded; embeddings and http send texts of customers and mail to url"), AllowedValues("embedded", "embeddings", "http", null), Example("embedded")]
        public string? Mode { get; init; }

        [StringLength(500), Example("http://127.0.0.1:11434")]
        public string? Url { get; init; }

        [StringLength(200), Example("bge-m3")]
        public string? Model { get; init; }

        [Description("Kept encrypted and never shown"), StringLength(4096, MinimumLength = 1), Example("sk-…")]
        public string? ApiKey { get; init; }
    }
}
