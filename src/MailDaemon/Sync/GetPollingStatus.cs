using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sync;

/// <summary>How the sync of every account stands.</summary>
internal static class GetPollingStatus
{
    [EndpointSummary("Show how all accounts' sync stands")]
    [EndpointDescription("As sync-status, for every account.")]
    [Tags("Sync")]
    [Fails]
    public static async Task<Envelope<IReadOnlyList<SyncStatusView>>> HandleAsync(AccountStore accounts, SyncPasses passes, SyncSupervisor supervisor, MailCaches caches, CancellationToken ct)
    {
        var views = new List<SyncStatusView>();
        foreach (var account in accounts.All())
            views.Add(SyncStatusView.Of(account, passes.Status(account.Key), await supervisor.NextPollAsync(account.Key, ct), caches.Open(account.Key)));
        return Envelope.Success<IReadOnlyList<SyncStatusView>>(views);
    }
}
