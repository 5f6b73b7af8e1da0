using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Messages;

/// <summary>An account's cached messages, newest first.</summary>
internal static class ListMessages
{
    [EndpointSummary("List an account's messages")]
    [EndpointDescription("From the cache, newest first, without the network. Read mail from the server with POST …/messages/fetch.")]
    [Tags("Messages")]
    [Fails(401, 404)]
    public static Envelope<MessagePage> Handle(RouteProvider p, Input<Request> input, MessageLookup lookup)
    {
        var request = input.Value;
        var cache = lookup.Cache(lookup.Account(p.Kind, request.Email));
        return Envelope.Success(cache.List(new MessageQuery { Folder = request.Folder, Offset = request.Offset, Limit = request.Limit }));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("Messages to leave out from the newest on"), Range(0, int.MaxValue)]
        public int Offset { get; init; }

        [Description("Messages to list"), Range(1, MessageQuery.MostItems)]
        public int Limit { get; init; } = 50;

        [Description("Only this folder: inbox, sent, drafts, trash, spam, archive, other, or a path"), Example("inbox")]
        public string? Folder { get; init; }
    }
}
