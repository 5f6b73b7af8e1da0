using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Folders;

/// <summary>Renames a folder.</summary>
internal static class RenameFolder
{
    [EndpointSummary("Rename a folder")]
    [EndpointDescription("In its place; folders in it go along and messages keep their keys. The inbox and the folders for sent mail, drafts, trash, spam and archive cannot be renamed: 409.")]
    [Tags("Folders")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<FolderView>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, FolderActions actions, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Success(FolderView.Of(await actions.RenameAsync(lookup.Account(p.Kind, request.Email), request.Path, request.Name, ct)));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required, FromQuery]
        public required string Email { get; init; }

        [Description("The folder's path"), Example("Projects/2025"), Required, FromQuery]
        public required string Path { get; init; }

        [Description("Its new name, one level"), Example("2026"), Required, StringLength(200)]
        public required string Name { get; init; }
    }
}
