using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Labels;

/// <summary>Creates a category.</summary>
internal static class CreateOutlookCategory
{
    [EndpointSummary("Create a category at Outlook")]
    [EndpointDescription("It is a label of the account too, with the colour that is most like it.")]
    [Tags("Labels")]
    [Replies(201)]
    [Fails(401, 409, 502, 503, 504)]
    public static async Task<Envelope<OutlookCategory>> HandleAsync(Input<Request> input, MessageLookup lookup, OutlookCategories categories, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Created(await categories.CreateAsync(lookup.Account(ProviderKind.Outlook, request.Email), request.DisplayName, request.Color, ct));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@outlook.com"), Required, FromQuery]
        public required string Email { get; init; }

        [Description("Its name, in any language; no other category of the account has it"), NotCalled("name"), Example("客户"), Required]
        public required string DisplayName { get; init; }

        [Description("preset0 (red) to preset24 (dark cranberry), or none"), Example("preset7")]
        public string Color { get; init; } = "none";
    }
}
