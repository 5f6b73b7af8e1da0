using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Messages;

/// <summary>Send a mail.</summary>
internal static class SendMessage
{
    [EndpointSummary("Send a mail")]
    [EndpointDescription("At least one recipient. When the server refuses one, nothing is sent unless allowPartial is set. A copy goes to Sent.")]
    [Tags("Sending")]
    [Fails(401, 409, 502, 503, 504)]
    public static async Task<Envelope<SentMail>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, Sending sending, SyncPasses passes, CancellationToken ct)
    {
        var account = lookup.Account(p.Kind, input.Value.Email);
        var sent = await sending.SendAsync(account, input.Value.ToDraft(), ct);
        passes.StartUnlessBackingOff(account.Key, out _); // brings the copy in Sent into the cache
        return Envelope.Success(sent);
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

        internal override Draft ToDraft() => base.ToDraft() with
        {
            To = [.. ToRecipients.Select(r => r.ToAddress())],
            Cc = [.. CcRecipients.Select(r => r.ToAddress())],
            Bcc = [.. BccRecipients.Select(r => r.ToAddress())],
            Subject = Subject,
        };
    }
}
