namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>The access tokens of one account. Safe for several callers at once.</summary>
internal interface IAccessTokens
{
    /// <summary>A token that is valid as far as is known.</summary>
    /// <exception cref="Messages.MailException">NotAuthorized when the consent is missing or over; others when the provider cannot be asked.</exception>
    Task<string> GetAccessTokenAsync(CancellationToken ct);

    /// <summary>Another token in place of one that the provider refused with 401.</summary>
    /// <param name="refused">The refused one: whoever comes second gets what the first has brought.</param>
    /// <exception cref="Messages.MailException">As <see cref="GetAccessTokenAsync"/>.</exception>
    Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct);
}
