using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Folders;

/// <summary>Creates a folder.</summary>
internal static class CreateFolder
{
    [EndpointSummary("Create a folder")]
    [EndpointDescription("On the server, and subscribes to it. One that exists: 409.")]
    [Tags("Folders")]
    [Replies(201)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<FolderView>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, FolderActions actions, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Created(FolderView.Of(await actions.CreateAsync(lookup.Account(p.Kind, request.Email), request.Name, request.Parent, ct)));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("Its name, one level; any language"), Example("报价"), Required, StringLength(200)]
        public required string Name { get; init; }

        [Description("The folder it goes into, by path or role; left out: at the top"), Example("Projects")]
        public string? Parent { get; init; }
    }
}
