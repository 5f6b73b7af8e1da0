using MailDaemon.Engine.Messages;

namespace MailDaemon.Sync;

/// <summary>The provider parameter of the routes that are not under a provider's name.</summary>
internal static class SyncProvider
{
    public static ProviderKind Parse(string name) => ProviderKinds.TryParse(name, out var kind)
        ? kind
        : throw MailException.InvalidInput("invalid_provider", "Invalid provider");
}
