using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>Create a draft.</summary>
internal static class CreateDraft
{
    [EndpointSummary("Create a draft")]
    [EndpointDescription("In the account's drafts folder on the server; recipients may be missing. With inReplyTo it answers a message, with forwardOf it sends one on, as the routes reply and forward do. The reply is its list item, whose key stays when the draft is changed.")]
    [Tags("Drafts")]
    [Replies(201)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<Request> input, MessageLookup lookup, AllowedFiles files, Engine.Actions.Drafts drafts, CancellationToken ct)
    {
        var request = input.Value;
        request.Check();
        var account = lookup.Account(p.Kind, request.Email);
        var draft = request.ToDraft(request.Attachments, files);
        return Envelope.Created(request switch
        {
            { InReplyTo: { } original } => await drafts.CreateReplyAsync(Find(original), draft, new ReplyOptions(request.ReplyAll, request.QuoteOriginal ?? false), name: null, ct),
            { ForwardOf: { } original } => await drafts.CreateForwardAsync(Find(original), draft, ct),
            _ => await drafts.CreateAsync(account, draft, ct),
        });

        FoundMessage Find(string id) => lookup.Message(new MessageAddress(p.Kind, id, request.Email, request.Folder));
    }

    public sealed record Request : MailText
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("Files, with their bytes as base64 or by a path in an allowed folder"), MaxLength(200), Example("[]")]
        public IReadOnlyList<AttachmentInput> Attachments { get; init; } = [];

        [Description("The message that the draft answers: its key (m_…), its id, or for IMAP its uid"), Example("null"), OrNumber, StringLength(1000, MinimumLength = 1)]
        public string? InReplyTo { get; init; }

        [Description("With inReplyTo: also to the other recipients of the original"), Example("false")]
        public bool ReplyAll { get; init; }

        [Description("With inReplyTo: put the original below the answer. A forward always has it"), Example("false")]
        public bool? QuoteOriginal { get; init; }

        [Description("The message that the draft sends on, with its attachments; named as inReplyTo"), Example("null"), OrNumber, StringLength(1000, MinimumLength = 1)]
        public string? ForwardOf { get; init; }

        [Description("IMAP: the folder that the uid in inReplyTo or forwardOf belongs to; INBOX when left out"), Example("INBOX")]
        public string? Folder { get; init; }

        internal void Check()
        {
            if (InReplyTo is not null && ForwardOf is not null)
                throw MailException.InvalidInput("invalid_parameter", "Give inReplyTo or forwardOf, not both");
            if (InReplyTo is null && ReplyAll)
                throw MailException.InvalidInput("missing_parameter", "Missing inReplyTo parameter: replyAll goes with it");
            if (InReplyTo is null && ForwardOf is null && QuoteOriginal == true)
                throw MailException.InvalidInput("missing_parameter", "Missing inReplyTo parameter: quoteOriginal goes with it");
            if (ForwardOf is not null && QuoteOriginal == false)
                throw MailException.InvalidInput("invalid_parameter", "quoteOriginal must not be false with forwardOf: a forward has the original");
        }
    }
}
