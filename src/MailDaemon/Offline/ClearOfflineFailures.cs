using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Offline;

/// <summary>Forgets what was refused.</summary>
internal static class ClearOfflineFailures
{
    [EndpointSummary("Forget what mail servers refused")]
    [Tags("Offline")]
    [Fails(404)]
    public static async Task<Envelope<RemovedOperations>> HandleAsync(Input<OfflineRequest> input, OfflineQueue queue, AccountStore accounts, CancellationToken ct) =>
        Envelope.Success(new RemovedOperations(await queue.ClearAsync(input.Value.Account(accounts), isFailed: true, ct)));
}
