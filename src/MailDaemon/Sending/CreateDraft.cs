using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>Create a draft.</summary>
internal static class CreateDraft
{
    [EndpointSummary("Create a draft")]
    [EndpointDescription("In the account's drafts folder on the server; recipients may be missing. The reply is its list item.")]
    [Tags("Drafts")]
    [Replies(201)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<Request> input, MessageLookup lookup, AllowedFiles files, Engine.Actions.Drafts drafts, SyncRequests requests, CancellationToken ct)
    {
        var account = lookup.Account(p.Kind, input.Value.Email);
        var (folder, id) = await drafts.CreateAsync(account, input.Value.ToDraft(files), ct);
        return Envelope.Created(await requests.ArrivedAsync(account, folder, id, ct));
    }

    public sealed record Request : DraftText
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
