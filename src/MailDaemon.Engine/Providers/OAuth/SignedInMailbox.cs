using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>A mailbox whose owner has just consented.</summary>
/// <param name="Email">The address as the provider writes it.</param>
/// <param name="ClientId">The client id that the consent was given to.</param>
/// <param name="Grant">With a refresh token and scopes.</param>
/// <param name="At">When it was given.</param>
public sealed record SignedInMailbox(ProviderKind Provider, string Email, string ClientId, TokenGrant Grant, DateTimeOffset At)
{
    public AccountKey Key => new(Provider, Email);
}
