using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>Sets the name that recipients see.</summary>
internal static class SetDisplayName
{
    [EndpointSummary("Set an account's display name")]
    [EndpointDescription("The name beside the address in mail that is sent.")]
    [Tags("Accounts")]
    [Fails(404)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, AccountStore accounts, AccountLifecycle lifecycle, CancellationToken ct)
    {
        var account = input.Value.Find(accounts);
        var updated = await lifecycle.UpdateAsync(account.Key, new AccountChange { DisplayName = input.Value.DisplayName }, ct);
        return Envelope.Success(new Response(updated.Email, updated.DisplayName));
    }

    public sealed record Request : AccountRequest
    {
        [Description("Empty for none"), StringLength(256), Example("Li Wei")]
        public required string DisplayName { get; init; }
    }

    public sealed record Response(string Email, string DisplayName);
}
