using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Sending;

/// <summary>An account's drafts.</summary>
internal static class ListDrafts
{
    [EndpointSummary("List an account's drafts")]
    [EndpointDescription("From the cache, newest first.")]
    [Tags("Drafts")]
    [Fails(401)]
    public static Envelope<MessagePage> Handle(RouteProvider p, Input<Request> input, MailReading reading)
    {
        var request = input.Value;
        var query = new MessageQuery { Folder = FolderRole.Drafts.Name(), Offset = request.Offset, Limit = request.Limit };
        return Envelope.Success(reading.List(reading.Accounts(p.Kind, request.Email), query, BodyOptions.None));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("Drafts to leave out from the newest on"), Range(0, int.MaxValue)]
        public int Offset { get; init; }

        [Description("Drafts to list"), Range(1, MessageQuery.MostItems)]
        public int Limit { get; init; } = 50;
    }
}
