using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>Asks Outlook for its categories.</summary>
internal static class SyncOutlookCategories
{
    [EndpointSummary("Take over the categories that an account has at Outlook now")]
    [EndpointDescription("Made, coloured otherwise or deleted there: they are so here, in /labels too.")]
    [Tags("Labels")]
    [Fails(401, 502, 503, 504)]
    public static async Task<Envelope<IReadOnlyList<OutlookCategory>>> HandleAsync(
        Input<LabelsRequest> input, MessageLookup lookup, MailLabels labels, OutlookCategories categories, CancellationToken ct)
    {
        var account = lookup.Account(ProviderKind.Outlook, input.Value.Email);
        await labels.RefreshAsync(account, ct);
        return Envelope.Success(categories.All(account.Key));
    }
}
