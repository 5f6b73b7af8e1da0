using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Sending;

/// <summary>Delete a draft.</summary>
internal static class DeleteDraft
{
    [EndpointSummary("Delete a draft")]
    [EndpointDescription("For good, on the server.")]
    [Tags("Drafts")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<Deletion>> HandleAsync(RouteProvider p, Input<DraftRequest> input, MessageLookup lookup, Engine.Actions.Drafts drafts, CancellationToken ct)
    {
        var draft = input.Value.Find(lookup, p);
        var item = draft.Item;
        await drafts.DeleteAsync(draft, ct);
        return Envelope.Success(new Deletion(item.Id, item.Key, item.Folder, Permanent: true));
    }
}
