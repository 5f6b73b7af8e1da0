using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Labels;

/// <summary>Adds and removes Outlook's categories of a message.</summary>
internal static class ChangeOutlookCategories
{
    [EndpointSummary("Add and remove categories of a message")]
    [EndpointDescription("By display name, as Outlook does; an id of GET /outlook/categories or of GET /labels does too. A name that is not in the account's list is put on the message all the same and has no colour.")]
    [Tags("Labels")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, MessageLookup lookup, OutlookCategories categories, CancellationToken ct)
    {
        var request = input.Value;
        var found = lookup.Message(new MessageAddress(ProviderKind.Outlook, request.Id, request.Email));
        if (request.AddCategories.Count + request.RemoveCategories.Count == 0)
            throw MailException.InvalidInput("missing_parameter", "Name at least one category in addCategories or removeCategories.");
        var isQueued = await categories.ChangeAsync(found, request.AddCategories, request.RemoveCategories, ct);
        var item = found.Item;
        return Envelope.Done(new Response(item.Id, item.Key, item.Folder, item.Categories ?? []), isQueued);
    }

    public sealed record Request
    {
        [Description("The message's key (m_…), or Outlook's id"), Example("AAMkAGI2TAAA="), Required, Alias("messageId", "key"), FromQuery]
        public required string Id { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@outlook.com"), FromQuery]
        public string? Email { get; init; }

        [Description("Categories to add"), MaxLength(100), NotCalled("categories", "add"), Example("[\"客户\"]")]
        public IReadOnlyList<string> AddCategories { get; init; } = [];

        [Description("Categories to remove"), MaxLength(100), NotCalled("remove"), Example("[]")]
        public IReadOnlyList<string> RemoveCategories { get; init; } = [];
    }

    public sealed record Response(string Id, string Key, string Folder, IReadOnlyList<string> Categories);
}
