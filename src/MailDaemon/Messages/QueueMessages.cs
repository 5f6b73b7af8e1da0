using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Does one thing to many messages without waiting for the server.</summary>
internal static class QueueMessages
{
    [EndpointSummary("Queue a change of messages")]
    [EndpointDescription("As /messages/batch, but the server hears of it later, in a moment when it can be reached; lists show it at once. What is deleted for good is not put off.")]
    [Tags("Offline")]
    [Replies(202)]
    [Fails(401, 404, 429)]
    public static async Task<Envelope<BatchMessages.Response>> HandleAsync(Input<Request> input, MessageLookup lookup, MessageActions actions, MailLabels labels, CancellationToken ct) =>
        Envelope.Done(await BatchMessages.RunAsync(input.Value.Provider, input.Value, lookup, actions.Later, labels.Later, ct), isQueued: true);

    public sealed record Request : BatchMessages.Request
    {
        [Description("gmail, outlook or imap"), Example("imap"), Required]
        public required ProviderKind Provider { get; init; }
    }
}
