using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Sending;

/// <summary>Change a draft.</summary>
internal static class UpdateDraft
{
    [EndpointSummary("Change a draft")]
    [EndpointDescription("Puts a new one in its place, as messages on servers do not change; the reply has its new id and key. What is left out is empty then.")]
    [Tags("Drafts")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<Request> input, MessageLookup lookup, AllowedFiles files, Engine.Actions.Drafts drafts, SyncRequests requests, CancellationToken ct)
    {
        var request = input.Value;
        var old = new DraftRequest { Id = request.Id, Email = request.Email }.Find(lookup, p);
        var (folder, id) = await drafts.ReplaceAsync(old, request.ToDraft(files), ct);
        return Envelope.Success(await requests.ArrivedAsync(old.Account, folder, id, ct));
    }

    public sealed record Request : DraftText
    {
        [Description("The draft's key (m_…), or its id: imap:<uid> or the bare uid for IMAP"), Example("imap:12"), Required, OrNumber, FromQuery]
        public required string Id { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com"), FromQuery]
        public string? Email { get; init; }
    }
}
