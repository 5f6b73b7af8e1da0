using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Folders;

/// <summary>Deletes a folder.</summary>
internal static class DeleteFolder
{
    [EndpointSummary("Delete a folder")]
    [EndpointDescription("One that holds messages or folders: 409, unless force=true, which deletes them for good. The folders that have a role cannot be deleted: 409.")]
    [Tags("Folders")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, FolderActions actions, CancellationToken ct)
    {
        var request = input.Value;
        var deleted = await actions.DeleteAsync(lookup.Account(p.Kind, request.Email), request.Path, request.Force, ct);
        return Envelope.Success(new Response(deleted.Path, true));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("The folder's path"), Example("Projects/2025"), Required]
        public required string Path { get; init; }

        [Description("true: together with the messages and folders in it, for good"), Example("false")]
        public bool Force { get; init; }
    }

    public sealed record Response([property: Example("Projects/2025")] string Path, bool Deleted);
}
