using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sync;

/// <summary>How the sync of an account stands.</summary>
internal static class GetSyncStatus
{
    [EndpointSummary("Show how an account's sync stands")]
    [EndpointDescription("idle, syncing with its progress, error with the last error, or auth_required; when the last pass was and the next poll is; folders that failed, and messages that the server refuses to give.")]
    [Tags("Sync")]
    [Fails(401)]
    public static async Task<Envelope<SyncStatusView>> HandleAsync(Input<Request> input, AccountStore accounts, SyncPasses passes, SyncSupervisor supervisor, MailCaches caches, CancellationToken ct)
    {
        var provider = SyncProvider.Parse(input.Value.Provider);
        var account = accounts.Find(new AccountKey(provider, input.Value.Email)) ?? throw MailException.NotAuthorized(provider);
        return Envelope.Success(SyncStatusView.Of(account, passes.Status(account.Key), await supervisor.NextPollAsync(account.Key, ct), caches.Open(account.Key)));
    }

    public sealed record Request
    {
        [Description("gmail, outlook or imap"), Example("imap"), Required]
        public required string Provider { get; init; }

        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
