using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Labels;

/// <summary>Adds and removes Gmail's labels of a message.</summary>
internal static class ChangeGmailLabels
{
    [EndpointSummary("Add and remove labels of a message in Gmail's words")]
    [EndpointDescription("All labels are alike to Gmail: INBOX, SPAM and TRASH move the message, UNREAD and STARRED are flags, the others are labels. GET /gmail/labels lists the ids.")]
    [Tags("Labels")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, MessageLookup lookup, GmailLabels labels, CancellationToken ct)
    {
        var request = input.Value;
        var found = lookup.Message(new MessageAddress(ProviderKind.Gmail, request.Id, request.Email));
        if (request.AddLabelIds.Count + request.RemoveLabelIds.Count == 0)
            throw MailException.InvalidInput("missing_parameter", "Name at least one label in addLabelIds or removeLabelIds.");
        var isQueued = await labels.ChangeAsync(found, request.AddLabelIds, request.RemoveLabelIds, ct);
        var item = found.Item;
        return Envelope.Done(new Response(item.Id, item.Key, item.Folder, item.LabelIds ?? []), isQueued);
    }

    public sealed record Request
    {
        [Description("The message's key (m_…), or Gmail's id"), Example("18c2f0a1b2c3d4e5"), Required, Alias("messageId", "key"), FromQuery]
        public required string Id { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@gmail.com"), FromQuery]
        public string? Email { get; init; }

        [Description("Ids of labels to add"), MaxLength(100), Example("[\"STARRED\"]")]
        public IReadOnlyList<string> AddLabelIds { get; init; } = [];

        [Description("Ids of labels to remove"), MaxLength(100), Example("[\"INBOX\"]")]
        public IReadOnlyList<string> RemoveLabelIds { get; init; } = [];
    }

    public sealed record Response(string Id, string Key, string Folder, IReadOnlyList<string> LabelIds);
}
