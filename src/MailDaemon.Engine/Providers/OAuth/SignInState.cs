using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>A sign-in that was begun: the page to open, and the word to ask for it by.</summary>
public sealed record SignInLink(Uri AuthUrl, string State, DateTimeOffset ExpiresAt);

/// <summary>How a sign-in stands. It is pending while both <see cref="Account"/> and <see cref="Failure"/> are null.</summary>
/// <param name="Hint">The mailbox that it was begun for; null when the user was to choose.</param>
/// <param name="Account">The account that it brought.</param>
/// <param name="Failure">Why it brought none.</param>
public sealed record SignInState(ProviderKind Provider, string? Hint, DateTimeOffset ExpiresAt, AccountKey? Account, MailException? Failure)
{
    public bool IsPending => Account is null && Failure is null;
}

/// <summary>A sign-in as a provider prepares it.</summary>
/// <param name="Page">The consent page.</param>
/// <param name="CompleteAsync">Takes the code and adds the account; throws a <see cref="MailException"/> for people when that cannot be.</param>
internal sealed record SignInAttempt(Uri Page, Func<string, CancellationToken, Task<AccountKey>> CompleteAsync);
