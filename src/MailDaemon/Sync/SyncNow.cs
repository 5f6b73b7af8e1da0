using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sync;

/// <summary>Runs a pass now.</summary>
internal static class SyncNow
{
    [EndpointSummary("Sync now")]
    [EndpointDescription("Runs a pass and waits for it at most 100 s; one that runs already is waited for first, so that what was on the server when you called is in the cache afterwards. Later than that 202 with status syncing while it goes on. Without email all accounts of the provider, one result each.")]
    [Tags("Sync")]
    [Replies(200, 202)]
    [Fails(401, 409, 502, 503, 504)]
    public static async Task<IResult> HandleAsync(Input<Request> input, AccountStore accounts, SyncRequests requests, CancellationToken ct)
    {
        var provider = SyncProvider.Parse(input.Value.Provider);
        if (input.Value.Email is null)
        {
            var all = await requests.SyncAllAsync([.. accounts.All().Where(a => a.Key.Provider == provider)], ct);
            return Envelope.Success<IReadOnlyList<Response>>([.. all.Select(Response.Of)]);
        }

        var account = accounts.Find(new AccountKey(provider, input.Value.Email)) ?? throw MailException.NotAuthorized(provider);
        var one = await requests.SyncAsync(account, ct);
        return one.Result is null ? Envelope.Accepted(Response.Of(one)) : Envelope.Success(Response.Of(one));
    }

    public sealed record Request
    {
        [Description("gmail, outlook or imap"), Example("imap"), Required, Microsoft.AspNetCore.Mvc.FromQuery]
        public required string Provider { get; init; }

        [Description("The account's address; all accounts of the provider when left out"), Example("me@example.com"), Microsoft.AspNetCore.Mvc.FromQuery]
        public string? Email { get; init; }
    }

    public sealed record Response
    {
        public required string Provider { get; init; }

        public required string Email { get; init; }

        [Description("done, syncing or error"), Example("done")]
        public required string Status { get; init; }

        public int Added { get; init; }

        public int Updated { get; init; }

        public int Removed { get; init; }

        public long DurationMs { get; init; }

        [Description("Why it failed; only when it did"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }

        internal static Response Of(RequestedPass pass) => new()
        {
            Provider = pass.Account.Provider.Name(),
            Email = pass.Account.Email,
            Status = pass.Error is not null ? "error" : pass.Result is null ? "syncing" : "done",
            Added = pass.Result?.Added ?? 0,
            Updated = pass.Result?.Updated ?? 0,
            Removed = pass.Result?.Removed ?? 0,
            DurationMs = pass.Result is { } result ? (long)(result.Finished - result.Started).TotalMilliseconds : 0,
            Error = pass.Error?.Message,
        };
    }
}
