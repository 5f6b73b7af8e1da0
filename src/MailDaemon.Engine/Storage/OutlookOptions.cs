using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Outlook</c>: the Entra public client, and where Microsoft is.</summary>
public sealed class OutlookOptions
{
    public string? ClientId { get; init; }

    /// <summary>A tenant id or domain, or <c>common</c>, <c>organizations</c>, <c>consumers</c>.</summary>
    [Required]
    public string Tenant { get; init; } = "common";

    [Required, HttpUrl(TakesSecrets = true)]
    public string GraphBaseUrl { get; init; } = "https://graph.microsoft.com/v1.0";

    /// <summary>The identity platform; may be http on loopback.</summary>
    [Required, HttpUrl(TakesSecrets = true)]
    public string Authority { get; init; } = "https://login.microsoftonline.com";
}
