using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Labels;

/// <summary>Changes a category.</summary>
internal static class UpdateOutlookCategory
{
    [EndpointSummary("Change a category at Outlook")]
    [EndpointDescription("What is left out stays. Outlook cannot rename a category: with another displayName a new one is made, the messages get it in place of the old one, and that is deleted. The id is then another one; the label and its rules stay.")]
    [Tags("Labels")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, MessageLookup lookup, OutlookCategories categories, CancellationToken ct)
    {
        var request = input.Value;
        var account = lookup.Account(ProviderKind.Outlook, request.Email);
        if ((request.DisplayName ?? request.Color) is null)
            throw MailException.InvalidInput("missing_parameter", "Missing displayName or color parameter");
        return Envelope.Success(Response.Of(await categories.UpdateAsync(account.Key, request.CategoryId, request.DisplayName, request.Color, ct)));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@outlook.com"), Required, FromQuery]
        public required string Email { get; init; }

        [Description("The category's id, or its display name"), Alias("id"), Example("3d1c2b6a-5f0e-4a51-9a55-0d8f6c2e7b11"), Required, FromQuery]
        public required string CategoryId { get; init; }

        [Description("Its new name"), NotCalled("name"), Example("重要客户")]
        public string? DisplayName { get; init; }

        [Description("Its new colour: preset0 (red) to preset24 (dark cranberry), or none"), Example("preset0")]
        public string? Color { get; init; }
    }

    public sealed record Response(
        [property: Example("3d1c2b6a-5f0e-4a51-9a55-0d8f6c2e7b11")] string Id,
        [property: Example("重要客户")] string DisplayName,
        [property: Example("preset0")] string Color,
        [property: Description("The id in /labels"), Example("l_5d41402abc4b2a76")] string LabelId,
        [property: Description("Whether it was made again under its new name"), Example("true")] bool Renamed)
    {
        [Description("When renamed: what was done"), Example("Outlook cannot rename a category: it was made again under its new name, 3 messages were tagged again, and the old one was deleted."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Note { get; init; }

        [Description("When renamed: the messages that were tagged again"), Example("3"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Retagged { get; init; }

        internal static Response Of(ChangedCategory changed)
        {
            var category = changed.Category;
            return new Response(category.Id, category.DisplayName, category.Color, category.LabelId, changed.Retagged is not null) { Note = changed.Retagged is { } count ? NoteOf(count) : null, Retagged = changed.Retagged };
        }

        private static string NoteOf(int count) => string.Create(
            CultureInfo.InvariantCulture,
            $"Outlook cannot rename a category: it was made again under its new name, {count} {(count == 1 ? "message was" : "messages were")} tagged again, and the old one was deleted.");
    }
}
