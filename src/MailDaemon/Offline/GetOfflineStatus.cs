using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Offline;

/// <summary>Whether something waits for a mail server.</summary>
internal static class GetOfflineStatus
{
    [EndpointSummary("Say whether something waits for a mail server")]
    [EndpointDescription("online is false while the server of an account cannot be reached and changes or mails wait for it.")]
    [Tags("Offline")]
    [Fails(404)]
    public static Envelope<Response> Handle(Input<OfflineRequest> input, OfflineQueue queue, AccountStore accounts)
    {
        var account = input.Value.Account(accounts);
        var waiting = queue.List(account, isFailed: false);
        var queues = waiting.Select(OutboxView.Of).GroupBy(o => (o.Provider, o.Email)).Select(of => new AccountQueue(
            of.Key.Provider,
            of.Key.Email,
            of.Count(),
            of.Min(o => o.NextAttemptAt),
            of.Select(o => o.LastError).FirstOrDefault(error => error is not null))).ToList();
        return Envelope.Success(new Response(
            queues.TrueForAll(a => a.LastError is null), queue.Count(account, isFailed: false), queue.Count(account, isFailed: true), queues));
    }

    public sealed record Response(
        bool Online,
        [property: Description("Operations that wait")] int Pending,
        [property: Description("Operations that a server refused for good")] int Failed,
        [property: Description("Accounts for which something waits")] IReadOnlyList<AccountQueue> Accounts);

    /// <summary>What waits for one account.</summary>
    public sealed record AccountQueue(
        [property: Example("imap")] string Provider,
        [property: Example("me@example.com")] string Email,
        int Pending,
        [property: Description("When it is tried next")] DateTimeOffset? NextAttemptAt,
        [property: Description("Why the last try failed; null when none was made")] string? LastError);
}
