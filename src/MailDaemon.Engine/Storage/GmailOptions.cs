using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Gmail</c>: the Google "desktop app" client, and where Google is.</summary>
public sealed class GmailOptions
{
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    [Required, HttpUrl(TakesSecrets = true)]
    public string ApiBaseUrl { get; init; } = "https://gmail.googleapis.com";

    /// <summary>
    /// Quota units an account may spend in a minute. Google gives new projects 6,000 for each user, older ones 15,000: the page Quotas of the
    /// project in the Google Cloud console says which.
    /// </summary>
    [Range(100, 1_000_000)]
    public int UnitsPerMinute { get; init; } = 6_000;

    /// <summary>
    /// Whether the first pass reads messages over IMAP, where reading costs no quota; where IMAP does not let us in it reads over the API. Changes
    /// are read over the API in any case.
    /// </summary>
    public bool FirstPassByImap { get; init; } = true;

    [StringLength(253, MinimumLength = 1)]
    public string ImapHost { get; init; } = "imap.gmail.com";

    [Range(1, 65535)]
    public int ImapPort { get; init; } = 993;

    [Required, HttpUrl(TakesSecrets = true)]
    public string AuthUrl { get; init; } = "https://accounts.google.com/o/oauth2/v2/auth";

    [Required, HttpUrl(TakesSecrets = true)]
    public string TokenUrl { get; init; } = "https://oauth2.googleapis.com/token";

    [Required, HttpUrl(TakesSecrets = true)]
    public string UserInfoUrl { get; init; } = "https://openidconnect.googleapis.com/v1/userinfo";

    [Required, HttpUrl(TakesSecrets = true)]
    public string RevokeUrl { get; init; } = "https://oauth2.googleapis.com/revoke";
}
