namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Gmail</c>: the Google "desktop app" client, and where Google is.</summary>
public sealed class GmailOptions
{
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    [HttpUrl]
    public string ApiBaseUrl { get; init; } = "https://gmail.googleapis.com";

    [HttpUrl]
    public string AuthUrl { get; init; } = "https://accounts.google.com/o/oauth2/v2/auth";

    [HttpUrl]
    public string TokenUrl { get; init; } = "https://oauth2.googleapis.com/token";

    [HttpUrl]
    public string UserInfoUrl { get; init; } = "https://openidconnect.googleapis.com/v1/userinfo";

    [HttpUrl]
    public string RevokeUrl { get; init; } = "https://oauth2.googleapis.com/revoke";
}
