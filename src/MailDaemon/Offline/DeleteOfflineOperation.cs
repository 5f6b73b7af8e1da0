using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Offline;

/// <summary>Takes out one thing that waits or was refused.</summary>
internal static class DeleteOfflineOperation
{
    [EndpointSummary("Take an operation out of the offline queue")]
    [EndpointDescription("A change is taken back, a mail is not sent any more; what was refused is forgotten.")]
    [Tags("Offline")]
    [Fails(404, 409)]
    public static async Task<Envelope<OutboxView>> HandleAsync(Input<Request> input, OfflineQueue queue, CancellationToken ct) =>
        Envelope.Success(OutboxView.Of(await queue.RemoveAsync(input.Value.OperationId, ct)));

    public sealed record Request
    {
        [Description("Its id"), Example("c_5d41402abc4b2a76b9719d91"), Required]
        public required string OperationId { get; init; }
    }
}
