using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Labels;

/// <summary>One label.</summary>
internal static class GetLabel
{
    [EndpointSummary("Show a label")]
    [Tags("Labels")]
    [Fails(404)]
    public static Envelope<LabelAnswer> Handle(Input<LabelRequest> input, MailLabels labels) => Envelope.Success(LabelAnswer.Of(labels.Get(input.Value.LabelId), labels));
}
