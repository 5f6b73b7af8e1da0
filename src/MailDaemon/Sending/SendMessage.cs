using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>Send a mail.</summary>
internal static class SendMessage
{
    [EndpointSummary("Send a mail")]
    [EndpointDescription("At least one recipient. When the server refuses one, nothing is sent unless allowPartial is set. A server that cannot be reached or defers: 202, the mail stays in the outbox and is tried again. A copy goes to Sent. With the header Idempotency-Key a repeated request sends nothing again.")]
    [Tags("Sending")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, AllowedFiles files, Engine.Actions.Sending sending, SyncPasses passes, CancellationToken ct)
    {
        var request = input.Value;
        var account = lookup.Account(p.Kind, request.Email);
        return SentReply.Of(await sending.SendAsync(account, request.ToDraft(files), key.With(request, request.SendAt), ct), passes);
    }

    public sealed record Request : MailText
    {
        [Description("The account that sends"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("To"), MaxLength(1000)]
        public IReadOnlyList<Recipient> ToRecipients { get; init; } = [];

        [Description("Cc"), MaxLength(1000), Example("[]")]
        public IReadOnlyList<Recipient> CcRecipients { get; init; } = [];

        [Description("Bcc: they receive it without being named in it"), MaxLength(1000), Example("[]")]
        public IReadOnlyList<Recipient> BccRecipients { get; init; } = [];

        [Description("The subject"), StringLength(2000), Example("Quotation 2026-01")]
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
