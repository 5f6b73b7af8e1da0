using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Offline;

/// <summary>Tries now whatever waits.</summary>
internal static class ProcessOfflineQueue
{
    [EndpointSummary("Try now what waits for mail servers")]
    [EndpointDescription("It is tried by itself too: with every pass, and at growing intervals of at most five minutes.")]
    [Tags("Offline")]
    [Fails(404)]
    public static async Task<Envelope<Response>> HandleAsync(Input<OfflineRequest> input, OfflineQueue queue, AccountStore accounts, CancellationToken ct)
    {
        var account = input.Value.Account(accounts);
        var run = await queue.ProcessAsync(account, ct);
        return Envelope.Success(new Response(
            run.Processed,
            queue.Count(account, isFailed: false),
            queue.Count(account, isFailed: true),
            [.. run.Errors.Select(e => new AccountError(e.Key.Provider.Name(), e.Key.Email, e.Value.Code, e.Value.Message))]));
    }

    public sealed record Response(
        [property: Description("Operations that were done or refused by this")] int Processed,
        [property: Description("Operations that still wait")] int Pending,
        [property: Description("Operations that a server refused for good")] int Failed,
        [property: Description("Why operations wait on")] IReadOnlyList<AccountError> Errors);

    /// <summary>Why an account's operations wait on.</summary>
    public sealed record AccountError(
        [property: Example("imap")] string Provider,
        [property: Example("me@example.com")] string Email,
        [property: Example("server_unreachable")] string Error,
        string Msg);
}
