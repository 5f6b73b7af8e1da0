using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Labels;

/// <summary>Deletes a category.</summary>
internal static class DeleteOutlookCategory
{
    [EndpointSummary("Delete a category at Outlook")]
    [EndpointDescription("Takes it from all messages that have it. The label goes too.")]
    [Tags("Labels")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, MessageLookup lookup, OutlookCategories categories, CancellationToken ct)
    {
        var account = lookup.Account(ProviderKind.Outlook, input.Value.Email);
        var deleted = await categories.DeleteAsync(account.Key, input.Value.CategoryId, ct);
        return Envelope.Success(new Response(deleted.Id, deleted.DisplayName, true));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@outlook.com"), Required, FromQuery]
        public required string Email { get; init; }

        [Description("The category's id, or its display name"), Alias("id"), Example("3d1c2b6a-5f0e-4a51-9a55-0d8f6c2e7b11"), Required, FromQuery]
        public required string CategoryId { get; init; }
    }

    public sealed record Response([property: Example("3d1c2b6a-5f0e-4a51-9a55-0d8f6c2e7b11")] string Id, [property: Example("客户")] string DisplayName, bool Deleted);
}
