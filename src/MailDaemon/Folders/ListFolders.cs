using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Folders;

/// <summary>An account's folders.</summary>
internal static class ListFolders
{
    [EndpointSummary("List an account's folders")]
    [EndpointDescription("From the cache, with counts. folder is what the folder is for; path is the server's own name.")]
    [Tags("Folders")]
    [Fails(401)]
    public static Envelope<IReadOnlyList<FolderView>> Handle(RouteProvider p, Input<Request> input, MessageLookup lookup)
    {
        var cache = lookup.Cache(lookup.Account(p.Kind, input.Value.Email));
        return Envelope.Success<IReadOnlyList<FolderView>>([.. cache.Folders().Select(FolderView.Of)]);
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
