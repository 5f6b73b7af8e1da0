using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>How the CRM is used; never its secrets.</summary>
public sealed record OkkiConfigView
{
    [Example("true")]
    public required bool Enabled { get; init; }

    [Description("What would be written is only noted down"), Example("true")]
    public required bool DryRun { get; init; }

    [Description("What is missing before the CRM can be used; null when nothing is"), Example("Okki:ClientId is missing")]
    public required string? Missing { get; init; }

    [Description("http, or cli: the command of the settings file"), Example("http")]
    public required string Mode { get; init; }

    [Example("https://api-sandbox.xiaoman.cn")]
    public required string BaseUrl { get; init; }

    [Example("efc1126d6")]
    public required string? ClientId { get; init; }

    [Description("Whether a secret is kept; it is never shown"), Example("true")]
    public required bool HasClientSecret { get; init; }

    [Description("From which confidence, 0 to 1, a record is written without being asked"), Example("0.7")]
    public required double AutoWriteMin { get; init; }

    [Description("Whether mail that was sent becomes records, too"), Example("false")]
    public required bool SyncSent { get; init; }

    [Description("zh or en"), Example("zh")]
    public required string Language { get; init; }

    [Example("102")]
    public required int RemarkTypeEmail { get; init; }

    [Example("101")]
    public required int RemarkTypeQuotation { get; init; }

    public required OkkiVectorView Vector { get; init; }

    internal static OkkiConfigView Of(OkkiSettings settings) => new()
    {
        Enabled = settings.Current.Enabled,
        DryRun = settings.Current.DryRun,
        Missing = settings.Missing,
        Mode = settings.Current.Mode,
        BaseUrl = settings.Current.BaseUrl,
        ClientId = settings.Current.ClientId,
        HasClientSecret = settings.Current.ClientSecret is { Length: > 0 },
        AutoWriteMin = settings.Current.AutoWriteMin,
        SyncSent = settings.Current.SyncSent,
        Language = settings.Current.Language,
        RemarkTypeEmail = settings.Current.RemarkTypeEmail,
        RemarkTypeQuotation = settings.Current.RemarkTypeQuotation,
        Vector = new OkkiVectorView(settings.Current.Vector.Mode, settings.Current.Vector.Url, settings.Current.Vector.Model, settings.Current.Vector.ApiKey is { Length: > 0 }),
    };
}

/// <summary>How customers are looked for by likeness.</summary>
public sealed record OkkiVectorView(
    [property: Description("embedded (lexical, on this machine), embeddings or http"), Example("embedded")] string Mode,
    [property: Example("http://127.0.0.1:11434")] string? Url,
    [property: Example("bge-m3")] string? Model,
    [property: Description("Whether a key is kept; it is never shown")] bool HasApiKey);
