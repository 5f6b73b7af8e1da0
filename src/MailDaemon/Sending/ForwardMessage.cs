using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>Forward a message.</summary>
internal static class ForwardMessage
{
    [EndpointSummary("Forward a message")]
    [EndpointDescription("As it looks, whole: its text or HTML below yours, its pictures and attachments; and marks it as forwarded. The original is named as for reply. 202 as for send.")]
    [Tags("Sending")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502, 503, 504)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, AllowedFiles files, Engine.Actions.Sending sending, SentReply reply, CancellationToken ct)
    {
        var request = input.Value;
        var options = key.With(request, request.SendAt);
        if (await sending.EarlierAsync(p.Kind, request.Email, options, ct) is { } earlier)
            return reply.Of(earlier);
        var original = lookup.Message(new MessageAddress(p.Kind, request.MessageId, request.Email, request.Folder));
        return reply.Of(await sending.ForwardAsync(original, request.ToDraft(files), options, ct));
    }

    public sealed record Request : OutgoingText
    {
        [Description("The message to send on: its key (m_…), its id, or for IMAP its uid"), Example("imap:4711"), Required, OrNumber, Alias("uid", "id", "key")]
        public required string MessageId { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
        public string? Folder { get; init; }
    }
}
