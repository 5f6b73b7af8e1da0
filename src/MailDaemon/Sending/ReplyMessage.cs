using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>Reply to a message.</summary>
internal static class ReplyMessage
{
    [EndpointSummary("Reply to a message")]
    [EndpointDescription("In its thread, to its Reply-To or sender, and marks it as answered. The original is named by key, by messageId, or for IMAP by uid and folder. 202 as for send.")]
    [Tags("Sending")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, AllowedFiles files, Engine.Actions.Sending sending, SyncPasses passes, CancellationToken ct)
    {
        var request = input.Value;
        var original = lookup.Message(new MessageAddress(p.Kind, request.MessageId, request.Email, request.Folder));
        var how = new ReplyOptions(request.ReplyAll, request.QuoteOriginal);
        return SentReply.Of(await sending.ReplyAsync(original, request.ToDraft(files), how, key.With(request, request.SendAt), ct), passes);
    }

    public sealed record Request : MailText
    {
        [Description("The message to answer: its key (m_…), its id, or for IMAP its uid"), Example("imap:4711"), Required, OrNumber, Alias("uid", "id", "key")]
        public required string MessageId { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
        public string? Folder { get; init; }

        [Description("Also to the other recipients of the original"), Example("false")]
        public bool ReplyAll { get; init; }

        [Description("Put the original's text below the answer"), Example("false")]
        public bool QuoteOriginal { get; init; }
    }
}
