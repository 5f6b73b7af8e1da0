using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>An account's folders.</summary>
internal static class ListFolders
{
    [EndpointSummary("List an account's folders")]
    [EndpointDescription("From the cache, with counts. folder is what the folder is for; path is the server's own name.")]
    [Tags("Folders")]
    [Fails(401)]
    public static Envelope<IReadOnlyList<Response>> Handle(RouteProvider p, Input<Request> input, MessageLookup lookup)
    {
        var cache = lookup.Cache(lookup.Account(p.Kind, input.Value.Email));
        return Envelope.Success<IReadOnlyList<Response>>([.. cache.Folders().Select(f => new Response(
            f.Folder.Name, f.Folder.Path, f.Folder.SpecialUse, f.Folder.Flags, f.Folder.Role.Name(), f.Unread, f.Total, f.Error))]);
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }

    public sealed record Response(
        [property: Example("INBOX")] string Name,
        [property: Example("INBOX")] string Path,
        [property: Description("The server's mark, as \\Sent"), Example("\\\\Sent")] string? SpecialUse,
        IReadOnlyList<string> Flags,
        [property: Description("inbox, sent, drafts, trash, spam, archive or other")] string Folder,
        int Unread,
        int Total,
        [property: Description("Why the folder could not be read at the last pass; null when it could")] string? Error);
}
