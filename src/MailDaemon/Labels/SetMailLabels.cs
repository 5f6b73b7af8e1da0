using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Labels;

/// <summary>Gives a message just these labels.</summary>
internal static class SetMailLabels
{
    [EndpointSummary("Set a message's labels")]
    [EndpointDescription("It gets these and loses all others that this daemon has made; what other mail programs put on it stays.")]
    [Tags("Labels")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<IReadOnlyList<LabelAnswer>>> HandleAsync(Input<Request> input, MessageLookup lookup, MailLabels labels, CancellationToken ct)
    {
        var message = input.Value.Find(lookup);
        var isQueued = await labels.ReplaceAsync(message, input.Value.LabelIds, ct);
        return Envelope.Done<IReadOnlyList<LabelAnswer>>([.. labels.Of(message.Anew()).Select(label => LabelAnswer.Of(label, labels))], isQueued);
    }

    public sealed record Request : MailRequest
    {
        [Description("The ids of the labels that it is to have"), MaxLength(100), NotCalled("labels", "labelId"), Example("[\"l_5d41402abc4b2a76\"]"), Required]
        public required IReadOnlyList<string> LabelIds { get; init; }
    }
}
