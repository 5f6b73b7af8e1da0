using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>Forward a message.</summary>
internal static class ForwardMessage
{
    [EndpointSummary("Forward a message")]
    [EndpointDescription("With its text below yours and its attachments, and marks it as forwarded. The original is named as for reply. 202 as for send.")]
    [Tags("Sending")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502, 503, 504)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, AllowedFiles files, Engine.Actions.Sending sending, SyncPasses passes, CancellationToken ct)
    {
        var request = input.Value;
        var original = lookup.Message(new MessageAddress(p.Kind, request.MessageId, request.Email, request.Folder));
        return SentReply.Of(await sending.ForwardAsync(original, request.ToDraft(files), key.With(request, request.SendAt), ct), passes);
    }

    public sealed record Request : MailText
    {
        [Description("The message to send on: its key (m_…), its id, or for IMAP its uid"), Example("imap:4711"), Required, OrNumber, Alias("uid", "id", "key")]
        public required string MessageId { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
        public string? Folder { get; init; }

        [Description("To"), MaxLength(1000)]
        public IReadOnlyList<Recipient> ToRecipients { get; init; } = [];

        [Description("Cc"), MaxLength(1000), Example("[]")]
        public IReadOnlyList<Recipient> CcRecipients { get; init; } = [];

        [Description("Bcc: they receive it without being named in it"), MaxLength(1000), Example("[]")]
        public IReadOnlyList<Recipient> BccRecipients { get; init; } = [];

        [Description("The subject; left out: that of the original with Fwd:"), StringLength(2000), Example("Fwd: Quotation 2026-01")]
        public string Subject { get; init; } = "";

        internal override Draft ToDraft(AllowedFiles files) => base.ToDraft(files) with
        {
            To = [.. ToRecipients.Select(r => r.ToAddress())],
            Cc = [.. CcRecipients.Select(r => r.ToAddress())],
            Bcc = [.. BccRecipients.Select(r => r.ToAddress())],
            Subject = Subject,
        };
    }
}
