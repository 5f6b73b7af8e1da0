using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Outbox;

/// <summary>What is in the outbox.</summary>
internal static class ListOutbox
{
    [EndpointSummary("List the outbox")]
    [EndpointDescription("Mail and webhooks that wait, failed, are uncertain or were cancelled, and what was sent in the last 30 days; the newest first.")]
    [Tags("Outbox")]
    [Fails(404)]
    public static Envelope<Response> Handle(Input<Request> input, OutgoingList outgoing, AccountStore accounts)
    {
        var request = input.Value;
        var (items, total) = outgoing.List(request.Status, accounts.Named(request.Provider, request.Email), request.Offset, request.Limit);
        return Envelope.Success(new Response([.. items.Select(OutboxView.Of)], total, request.Offset, request.Limit));
    }

    public sealed record Request : PageRequest
    {
        [Description("Only those that stand so"), AllowedValues("pending", "sending", "sent", "failed", "uncertain", "cancelled", null), NotCalled("state"), Example("pending")]
        public string? Status { get; init; }

        [Description("With email: only this account's"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("With provider: only this account's"), Example("me@example.com")]
        public string? Email { get; init; }
    }

    public sealed record Response(IReadOnlyList<OutboxView> Items, int Total, int Offset, int Limit);
}
