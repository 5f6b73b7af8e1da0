using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>A sign-in as a provider prepares it, whose browser comes back with a code.</summary>
/// <param name="Page">The consent page.</param>
/// <param name="CompleteAsync">Takes the code and adds the account; throws a <see cref="MailException"/> for people when that cannot be.</param>
internal sealed record SignInAttempt(Uri Page, Func<string, CancellationToken, Task<AccountKey>> CompleteAsync);

/// <summary>A sign-in as a provider prepares it, whose user is on another machine (RFC 8628).</summary>
/// <param name="UserCode">What the user enters on the page.</param>
/// <param name="Message">Page and code in a sentence of the provider's.</param>
/// <param name="Life">How long the code can be used.</param>
/// <param name="CompleteAsync">Waits for the user and adds the account; throws as that of <see cref="SignInAttempt"/>.</param>
internal sealed record DeviceAttempt(string UserCode, Uri Page, string Message, TimeSpan Life, Func<CancellationToken, Task<AccountKey>> CompleteAsync);
