using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Offline;

/// <summary>Takes out all that waits.</summary>
internal static class ClearOfflineQueue
{
    [EndpointSummary("Take out all that waits for mail servers")]
    [EndpointDescription("Changes are taken back, the newest first: messages are shown as they were. Mails that were tried are not sent any more; those for later stay.")]
    [Tags("Offline")]
    [Fails(404)]
    public static async Task<Envelope<RemovedOperations>> HandleAsync(Input<OfflineRequest> input, OfflineQueue queue, AccountStore accounts, CancellationToken ct) =>
        Envelope.Success(new RemovedOperations(await queue.ClearAsync(input.Value.Account(accounts), isFailed: false, ct)));
}
