using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Gmail</c>: the Google "desktop app" client, and where Google is.</summary>
public sealed class GmailOptions
{
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    [Url]
    public string ApiBaseUrl { get; init; } = "https://gmail.googleapis.com";

    [Url]
    public string AuthUrl { get; init; } = "https://accounts.google.com/o/oauth2/v2/auth";

    [Url]
    public string TokenUrl { get; init; } = "https://oauth2.googleapis.com/token";

    [Url]
    public string UserInfoUrl { get; init; } = "https://openidconnect.googleapis.com/v1/userinfo";

    [Url]
    public string RevokeUrl { get; init; } = "https://oauth2.googleapis.com/revoke";
}
