using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Labels;

/// <summary>The labels of a message.</summary>
internal static class GetMailLabels
{
    [EndpointSummary("List a message's labels")]
    [Tags("Labels")]
    [Fails(401, 404)]
    public static Envelope<IReadOnlyList<LabelAnswer>> Handle(Input<MailRequest> input, MessageLookup lookup, MailLabels labels) =>
        Envelope.Success<IReadOnlyList<LabelAnswer>>([.. labels.Of(input.Value.Find(lookup)).Select(label => LabelAnswer.Of(label, labels))]);
}
