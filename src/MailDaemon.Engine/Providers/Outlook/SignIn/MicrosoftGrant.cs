using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>What a sign-in at Microsoft gave.</summary>
/// <param name="Tokens">With MSAL's cache and the scopes.</param>
/// <param name="Names">What the id token calls the user, best first: the address of the mailbox (<c>email</c>), the name to sign in with (<c>preferred_username</c>).</param>
internal sealed record MicrosoftGrant(TokenGrant Tokens, IReadOnlyList<string> Names);
