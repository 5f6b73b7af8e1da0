using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Messages;

/// <summary>Searches the messages of one account.</summary>
internal static class SearchMessages
{
    [EndpointSummary("Search an account's messages")]
    [EndpointDescription("In the cache: subject, text, sender, recipients and attachment names, in any language, newest first. highlights say where. All that is given must be so; a parameter that is not known is refused.")]
    [Tags("Search")]
    [Fails(401, 404)]
    public static async Task<Envelope<SearchPage>> HandleAsync(RouteProvider p, Input<Request> input, MailReading reading, MailSearch search, TimeProvider time, CancellationToken ct)
    {
        var request = input.Value;
        var fields = request.Selected(ApiJson.Default.SearchHit);
        return Envelope.Success(await request.RunAsync(search, reading.Accounts(p.Kind, request.Email), time.LocalTimeZone, ct), fields);
    }

    public sealed record Request : SearchRequest
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
