using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Offline;

/// <summary>What waits for mail servers.</summary>
internal static class ListOfflineQueue
{
    [EndpointSummary("List what waits for mail servers")]
    [EndpointDescription("Changes of messages and mails that could not reach their server, and those that it refused; oldest first, at most 1,000 of each.")]
    [Tags("Offline")]
    [Fails(404)]
    public static Envelope<Response> Handle(Input<OfflineRequest> input, OfflineQueue queue, AccountStore accounts)
    {
        var account = input.Value.Account(accounts);
        return Envelope.Success(new Response(
            [.. queue.List(account, isFailed: false).Concat(queue.List(account, isFailed: true)).OrderBy(o => o.CreatedAt).Select(OutboxView.Of)],
            queue.Count(account, isFailed: false),
            queue.Count(account, isFailed: true)));
    }

    public sealed record Response(
        IReadOnlyList<OutboxView> Operations,
        [property: Description("Operations that wait")] int Pending,
        [property: Description("Operations that a server refused for good")] int Failed);
}
