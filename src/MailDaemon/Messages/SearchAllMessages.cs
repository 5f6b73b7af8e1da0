using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Searches the messages of all accounts.</summary>
internal static class SearchAllMessages
{
    [EndpointSummary("Search the messages of all accounts")]
    [EndpointDescription("As the search of one account, over all of them or those that provider and email name.")]
    [Tags("Search")]
    [Fails(401, 404)]
    public static Envelope<SearchPage> Handle(Input<Request> input, MailReading reading, TimeProvider time)
    {
        var request = input.Value;
        return Envelope.Success(reading.Search(reading.Accounts(request.Provider, request.Email), request.ToQuery(time.LocalTimeZone), request.Body, request.Label));
    }

    [StrictQuery]
    public sealed record Request : SearchRequest
    {
        [Description("Only accounts of this provider"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only this account"), Example("me@example.com")]
        public string? Email { get; init; }
    }
}
