using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>What a sign-in at Microsoft gave.</summary>
/// <param name="Tokens">With MSAL's cache and the scopes.</param>
/// <param name="Names">What the id token calls the user, best first: the address of the mailbox (<c>email</c>), the name to sign in with (<c>preferred_username</c>).</param>
internal sealed record MicrosoftGrant(TokenGrant Tokens, IReadOnlyList<string> Names);

/// <summary>A sign-in with a browser, before its user is back.</summary>
/// <param name="Page">To be opened.</param>
/// <param name="ExchangeAsync">Takes the code that the browser comes back with.</param>
internal sealed record MicrosoftPage(Uri Page, Func<string, CancellationToken, Task<MicrosoftGrant>> ExchangeAsync);

/// <summary>A sign-in whose user enters a code on another machine.</summary>
/// <param name="Message">Page and code in a sentence of Microsoft's.</param>
/// <param name="Life">How long the code can be used.</param>
/// <param name="WaitAsync">Waits for the user.</param>
internal sealed record MicrosoftDevice(string UserCode, Uri Page, string Message, TimeSpan Life, Func<CancellationToken, Task<MicrosoftGrant>> WaitAsync);
