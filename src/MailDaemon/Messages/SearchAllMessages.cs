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
    public static async Task<Envelope<SearchPage>> HandleAsync(Input<Request> input, MailReading reading, MailSearch search, TimeProvider time, CancellationToken ct)
    {
        var request = input.Value;
        var fields = request.Selected(ApiJson.Default.SearchHit);
        return Envelope.Success(await request.RunAsync(search, reading.Accounts(request.Provider, request.Email), time.LocalTimeZone, ct), fields);
    }

    public sealed record Request : SearchRequest
    {
        [Description("Only accounts of this provider"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only this account"), Example("me@example.com")]
        public string? Email { get; init; }
    }
}
