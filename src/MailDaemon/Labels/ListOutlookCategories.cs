using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>Outlook's categories under Outlook's ids.</summary>
internal static class ListOutlookCategories
{
    [EndpointSummary("List an account's categories as Outlook has them")]
    [EndpointDescription("As they were last listed; POST /outlook/categories/sync asks Outlook. The same as labels are at GET /labels.")]
    [Tags("Labels")]
    [Fails(401)]
    public static Envelope<IReadOnlyList<OutlookCategory>> Handle(Input<LabelsRequest> input, MessageLookup lookup, OutlookCategories categories) =>
        Envelope.Success(categories.All(lookup.Account(ProviderKind.Outlook, input.Value.Email).Key));
}
