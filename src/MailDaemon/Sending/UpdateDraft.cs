using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Sending;

/// <summary>Change a draft.</summary>
internal static class UpdateDraft
{
    [EndpointSummary("Change a draft")]
    [EndpointDescription("Only what is named changes; all else of the draft stays as it was stored, other fields of its header and its attachments included. The key stays; the id is new, as messages on servers do not change.")]
    [Tags("Drafts")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<Request> input, MessageLookup lookup, AllowedFiles files, Engine.Actions.Drafts drafts, CancellationToken ct)
    {
        var request = input.Value;
        var draft = new DraftRequest { Id = request.Id, Email = request.Email }.Find(lookup, p);
        return Envelope.Success(await drafts.ChangeAsync(draft, request.ToChange(files), ct));
    }

    public sealed record Request : MailText
    {
        [Description("The draft's key (m_…), or its id: imap:<uid> or the bare uid for IMAP"), Example("imap:12"), Required, OrNumber, FromQuery]
        public required string Id { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com"), FromQuery]
        public string? Email { get; init; }

        [Description("All files that the draft is to have: new ones, and those of its own by attachmentId; left out: they stay. Pictures of its HTML always stay"), MaxLength(200), Example("[]")]
        public IReadOnlyList<DraftAttachmentInput>? Attachments { get; init; }

        internal DraftChange ToChange(AllowedFiles files) => new()
        {
            To = AllTo,
            Cc = AllCc,
            Bcc = AllBcc,
            Subject = Subject,
            Body = Body is null && ContentType is not null
                ? throw MailException.InvalidInput("missing_parameter", "Missing body parameter: contentType says what it is")
                : Body,
            IsHtml = IsHtml,
            IncludeSignature = IncludeSignature,
            Attachments = Attachments is null ? null : [.. Attachments.Select(attachment => attachment.ToDraftAttachment(files))],
        };
    }
}
