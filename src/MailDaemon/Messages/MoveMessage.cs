using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Messages;

/// <summary>Move a message to another folder.</summary>
internal static class MoveMessage
{
    [EndpointSummary("Move a message to another folder")]
    [EndpointDescription("The target stands in the body; the folder it is in now, for an IMAP uid, in the query. The reply has the new id; the key stays.")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Relocation>> HandleAsync(
        RouteProvider p, Input<Request> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var request = input.Value;
        var found = lookup.Message(new MessageAddress(p.Kind, request.Id, request.Email, request.Source));
        var done = await actions.MoveAsync(found, request.Target, ct);
        return Envelope.Done(done, done.Queued);
    }

    public sealed record Request
    {
        [Description("The message's key (m_…) or id"), Example("imap:4711"), Required, OrNumber, Alias("messageId", "key", "uid"), FromQuery]
        public required string Id { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com"), FromQuery]
        public string? Email { get; init; }

        [Description("IMAP: the folder the uid belongs to, as folder in the query; INBOX when left out"), Example("INBOX"), FromQuery, HomeOnly, Alias("folder")]
        public string? Source { get; init; }

        [Description("Where to: a folder's path or role"), Example("archive"), Required, FromBody, HomeOnly, Alias("folder"), NotCalled("destination", "to", "targetFolder", "folderPath")]
        public required string Target { get; init; }
    }
}
