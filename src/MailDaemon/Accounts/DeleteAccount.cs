using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>Removes an account from this machine.</summary>
internal static class DeleteAccount
{
    [EndpointSummary("Remove an account")]
    [EndpointDescription("Removes the account, its secrets and its cache folder from this machine. The mail on the server stays as it is.")]
    [Tags("Accounts")]
    [Fails(404)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, AccountStore accounts, AccountLifecycle lifecycle, CancellationToken ct)
    {
        var account = input.Value.Find(accounts);
        await lifecycle.RemoveAsync(account, input.Value.KeepCache, ct);
        return Envelope.Success(new Response(account.Key.Provider.Name(), account.Email));
    }

    public sealed record Request : AccountRequest
    {
        [Description("Leave the cache folder on disk")]
        public bool KeepCache { get; init; }
    }

    public sealed record Response(string Provider, string Email);
}
