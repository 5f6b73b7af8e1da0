using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>Gmail's labels under Gmail's ids.</summary>
internal static class ListGmailLabels
{
    [EndpointSummary("List an account's labels under Gmail's own ids")]
    [EndpointDescription("Those of the system and those that people have made, as they were last listed; POST /gmail/labels/sync asks Gmail. The same labels with ours are at GET /labels.")]
    [Tags("Labels")]
    [Fails(401)]
    public static Envelope<IReadOnlyList<GmailLabel>> Handle(Input<LabelsRequest> input, MessageLookup lookup, GmailLabels labels) =>
        Envelope.Success(labels.All(lookup.Account(ProviderKind.Gmail, input.Value.Email).Key));
}
