using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>Removes an account from this machine.</summary>
internal static class DeleteAccount
{
    [EndpointSummary("Remove an account")]
    [EndpointDescription("Removes the account, its secrets and its cache folder from this machine. The mail on the server stays as it is. An account that signed in at its provider has its consent revoked there; where that fails the account goes all the same, and revoked is false. It always is for Outlook: Microsoft leaves that to the owner, at https://account.live.com/consent/Manage or https://myapps.microsoft.com.")]
    [Tags("Accounts")]
    [Fails(404)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, AccountStore accounts, AccountLifecycle lifecycle, CancellationToken ct)
    {
        var account = input.Value.Find(accounts);
        var isRevoked = await lifecycle.RemoveAsync(account, input.Value.KeepCache, ct);
        return Envelope.Success(new Response(account.Key.Provider.Name(), account.Email) { Revoked = isRevoked });
    }

    public sealed record Request : AccountRequest
    {
        [Description("Leave the cache folder on disk")]
        public bool KeepCache { get; init; }
    }

    public sealed record Response(string Provider, string Email)
    {
        [Description("Whether the provider ended the consent; only where there was one"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public bool? Revoked { get; init; }
    }
}
