using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>The cached messages of all accounts together, newest first.</summary>
internal static class ListAllMessages
{
    [EndpointSummary("List the messages of all accounts")]
    [EndpointDescription("All accounts as one list, newest first, or those that provider and email name. From the cache, without the network.")]
    [Tags("Messages")]
    [Fails(401, 404)]
    public static Envelope<MessagePage> Handle(Input<Request> input, MailReading reading)
    {
        var request = input.Value;
        return Envelope.Success(reading.List(reading.Accounts(request.Provider, request.Email), request.Query, request.Body, request.Filter), request.Selected(ApiJson.Default.MessageItem));
    }

    public sealed record Request : ListRequest
    {
        [Description("Only accounts of this provider"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only this account"), Example("me@example.com")]
        public string? Email { get; init; }
    }
}
