using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Okki;

/// <summary>Makes a record of a mail in the cache.</summary>
internal static class SyncMailToOkki
{
    [EndpointSummary("Make a record of a mail")]
    [EndpointDescription("Finds the customer of the mail's other side and writes the record, once. Mail of machines, of lists, in drafts, trash and spam becomes none: 409. When the CRM is away the record waits: 202.")]
    [Tags("OKKI")]
    [Replies(200, 202)]
    [Fails(401, 404, 409)]
    public static async Task<Envelope<TrailView>> HandleAsync(Input<Request> input, MessageLookup lookup, MailTrails trails, CancellationToken ct)
    {
        var request = input.Value;
        var (trail, wasThere) = await trails.SyncAsync(request.Find(lookup), new TrailOptions(request.RemarkType, request.MinConfidence), ct);
        return TrailAnswer.Of(trail, wasThere);
    }

    public sealed record Request : NamedMail
    {
        [Description("The record's type in the CRM; what the settings say when left out"), Range(101, 112), Example("102")]
        public int? RemarkType { get; init; }

        [Description("From which confidence it is written; what the settings say when left out"), Range(0.0, 1.0), Example("0.9")]
        public double? MinConfidence { get; init; }
    }
}
