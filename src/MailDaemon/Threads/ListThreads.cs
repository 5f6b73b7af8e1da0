using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Threads;

/// <summary>An account's conversations.</summary>
internal static class ListThreads
{
    [EndpointSummary("List an account's conversations")]
    [EndpointDescription("Those with the newest messages first, from the cache. Gmail's and Outlook's own conversations; for IMAP by References and In-Reply-To, and by subject where an answer names neither.")]
    [Tags("Threads")]
    [Fails(401, 404)]
    public static Envelope<ThreadPage> Handle(RouteProvider p, Input<Request> input, MessageLookup lookup)
    {
        var request = input.Value;
        return Envelope.Success(lookup.Cache(lookup.Account(p.Kind, request.Email)).Threads(
            new ThreadQuery { Folder = request.Folder, IsUnread = request.IsUnread, Offset = request.Offset, Limit = request.Limit }));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("Only those with a message in this folder, by path or role"), Example("inbox")]
        public string? Folder { get; init; }

        [Description("true: only those with an unread message; false: only those without"), Alias("unread"), Example("true")]
        public bool? IsUnread { get; init; }

        [Description("Conversations to leave out"), Range(0, int.MaxValue)]
        public int Offset { get; init; }

        [Description("Conversations to list"), Range(1, MessageQuery.MostItems)]
        public int Limit { get; init; } = 50;
    }
}
