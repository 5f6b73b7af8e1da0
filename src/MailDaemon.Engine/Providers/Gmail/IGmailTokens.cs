namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>The access tokens of one account. Safe for several callers at once.</summary>
internal interface IGmailTokens
{
    /// <summary>A token that is valid as far as is known.</summary>
    /// <exception cref="Messages.MailException">NotAuthorized when the consent is missing or over; others when Google cannot be asked.</exception>
    Task<string> GetAccessTokenAsync(CancellationToken ct);

    /// <summary>Another token in place of one that Gmail refused with 401.</summary>
    /// <param name="refused">The refused one: whoever comes second gets what the first has brought.</param>
    Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct);
}
