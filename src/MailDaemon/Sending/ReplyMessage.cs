using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>Reply to a message.</summary>
internal static class ReplyMessage
{
    [EndpointSummary("Reply to a message")]
    [EndpointDescription("In its thread, to its Reply-To or sender, and marks it as answered. Recipients that are given go before those; cc and bcc are added. The original is named by key, by messageId, or for IMAP by uid and folder. Recipients of the original that are no mail addresses are left out and named in leftOut. 202 as for send.")]
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
        var (sent, leftOut) = await sending.ReplyAsync(original, request.ToDraft(files), new ReplyOptions(request.ReplyAll, request.QuoteOriginal), options, ct);
        return reply.Of(sent, leftOut);
    }

    public sealed record Request : OutgoingText
    {
        [Description("The message to answer: its key (m_…), its id, or for IMAP its uid"), Example("imap:4711"), Required, OrNumber, Alias("uid", "id", "key")]
        public required string MessageId { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
        public string? Folder { get; init; }

        [Description("The text, or HTML with contentType html"), MultilineText, Alias("comment"), NotCalled("text", "html", "content", "message", "bodyText", "bodyHtml", "textBody", "htmlBody"), Example("Thank you, the quotation is fine.")]
        public override string? Body { get; init; }

        [Description("Also to the other recipients of the original"), Example("false")]
        public bool ReplyAll { get; init; }

        [Description("Put the original below the answer, whole: as HTML below HTML, else as text"), Example("false")]
        public bool QuoteOriginal { get; init; }
    }
}
