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
    public static Envelope<MessagePage> Handle(RouteProvider p, Input<Request> input, MailReading reading)
    {
        var request = input.Value;
        return Envelope.Success(reading.List(reading.Accounts(p.Kind, request.Email), request.Query, request.Body, request.Filter), request.Selected(ApiJson.Default.MessageItem));
    }

    public sealed record Request : ListRequest
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
