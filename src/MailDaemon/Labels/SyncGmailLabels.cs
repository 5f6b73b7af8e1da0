using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Labels;

/// <summary>Asks Gmail for its labels.</summary>
internal static class SyncGmailLabels
{
    [EndpointSummary("Take over the labels that an account has at Gmail now")]
    [EndpointDescription("Made, renamed, coloured otherwise or deleted there: they are so here, in /labels too.")]
    [Tags("Labels")]
    [Fails(401, 502, 503, 504)]
    public static async Task<Envelope<IReadOnlyList<GmailLabel>>> HandleAsync(Input<LabelsRequest> input, MessageLookup lookup, MailLabels all, GmailLabels labels, CancellationToken ct)
    {
        var account = lookup.Account(ProviderKind.Gmail, input.Value.Email);
        await all.RefreshAsync(account, ct);
        return Envelope.Success(labels.All(account.Key));
    }
}
