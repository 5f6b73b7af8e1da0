using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Takes a pin out.</summary>
internal static class DeletePin
{
    [EndpointSummary("Delete a pin")]
    [EndpointDescription("Records that it led to stay.")]
    [Tags("OKKI")]
    [Fails(404)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, PinStore pins, CancellationToken ct)
    {
        await pins.RemoveAsync(input.Value.Pattern, ct);
        return Envelope.Success(new Response(input.Value.Pattern, true));
    }

    public sealed record Request
    {
        [Description("As the list shows it"), StringLength(320, MinimumLength = 1), Example("nordlicht.example"), Required]
        public required string Pattern { get; init; }
    }

    public sealed record Response([property: Example("nordlicht.example")] string Pattern, bool Deleted);
}
