using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sync;

/// <summary>Holds the cache against the server.</summary>
internal static class VerifySync
{
    [EndpointSummary("Prove that the cache is what the server has")]
    [EndpointDescription("Asks the server for the ids, flags and labels of every message and lists each difference from the cache, at most 1,000; total counts them all. Changes nothing. A folder that differs is looked at twice, so that a change on its way is none. Mail that came since the last pass is a difference: sync first. Messages older than syncDays are none.")]
    [Tags("Sync")]
    [Fails(401, 502, 503, 504)]
    public static async Task<Envelope<SyncProof>> HandleAsync(Input<Request> input, AccountStore accounts, SyncVerify verify, CancellationToken ct)
    {
        var provider = SyncProvider.Parse(input.Value.Provider);
        var account = accounts.Find(new AccountKey(provider, input.Value.Email)) ?? throw MailException.NotAuthorized(provider);
        return Envelope.Success(await verify.RunAsync(account, ct));
    }

    public sealed record Request
    {
        [Description("gmail, outlook or imap"), Example("imap"), Required]
        public required string Provider { get; init; }

        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
