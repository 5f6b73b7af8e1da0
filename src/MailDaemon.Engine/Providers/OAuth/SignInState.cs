using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>A sign-in that was begun: the page to open, and the word to ask for it by.</summary>
public sealed record SignInLink(Uri AuthUrl, string State, DateTimeOffset ExpiresAt);

/// <summary>A sign-in of a machine without a browser that was begun (RFC 8628): the page to open elsewhere and the code to enter there, and the word to ask for it by.</summary>
/// <param name="Message">Page and code in a sentence of the provider's.</param>
public sealed record DeviceSignInLink(string UserCode, Uri VerificationUrl, string Message, string State, DateTimeOffset ExpiresAt);

/// <summary>How a sign-in stands. It is pending while both <see cref="Account"/> and <see cref="Failure"/> are null.</summary>
/// <param name="Hint">The mailbox that it was begun for; null when the user was to choose.</param>
/// <param name="Account">The account that it brought.</param>
/// <param name="Failure">Why it brought none.</param>
public sealed record SignInState(ProviderKind Provider, string? Hint, DateTimeOffset ExpiresAt, AccountKey? Account, MailException? Failure)
{
    public bool IsPending => Account is null && Failure is null;
}
