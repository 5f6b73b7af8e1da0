using MailDaemon.Engine.Messages;

namespace MailDaemon.Sync;

/// <summary>The provider parameter of the routes that are not under a provider's name.</summary>
internal static class SyncProvider
{
    public static ProviderKind Parse(string name) => ProviderKinds.TryParse(name, out var kind)
        ? kind
        : throw MailException.InvalidInput("invalid_provider", "Invalid provider");

    public static MailException NotAuthorized(ProviderKind kind) => kind == ProviderKind.Imap
        ? new MailException(MailFault.NotAuthorized, "account_not_configured", "Account not configured")
        : new MailException(MailFault.NotAuthorized, "not_authorized", "Not authorized");
}
