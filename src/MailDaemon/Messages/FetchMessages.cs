using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Sync;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Messages;

/// <summary>Reads messages from the server now.</summary>
internal static class FetchMessages
{
    [EndpointSummary("Fetch messages from the server")]
    [EndpointDescription("Brings what is new, then reads one page of a folder from the server into the cache. Older mail comes by offset (IMAP, Outlook) or pageToken (Gmail). A message that the server refuses to give is named in refused, and tried again by itself.")]
    [Tags("Messages")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, SyncRequests requests, CancellationToken ct)
    {
        var request = input.Value;
        var account = lookup.Account(p.Kind, request.Email);
        var fields = FieldSelection.Of(request.Fields, ApiJson.Default.MessageItem, isPage: true);
        if (p.Kind == ProviderKind.Gmail && request.Offset > 0)
            throw MailException.InvalidInput("invalid_parameter", "Gmail has no offsets; give the pageToken of the page before");
        if (p.Kind != ProviderKind.Gmail && (request.PageToken is not null || request.Query is not null))
            throw MailException.InvalidInput("invalid_parameter", "pageToken and query are for Gmail; older mail of other accounts is read by offset, and GET …/search finds it by its words.");
        var page = await requests.FetchAsync(
            account,
            new RemotePageRequest(request.Folder ?? (request.Query is null ? "inbox" : ""), request.Limit, request.Offset, request.PageToken, request.Query),
            ct);
        return Envelope.Success(Response.Of(page, request), fields);
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required, FromQuery]
        public required string Email { get; init; }

        [Description("The folder, by path or role; the inbox when left out, all folders with a query"), Example("inbox"), FromQuery]
        public string? Folder { get; init; }

        [Description("Messages to read"), Range(1, 1000), FromQuery]
        public int Limit { get; init; } = 20;

        [Description("IMAP and Outlook: messages to leave out from the newest on"), Range(0, int.MaxValue), Alias("skip"), FromQuery]
        public int Offset { get; init; }

        [Description("Gmail: where the page before ended"), FromQuery]
        public string? PageToken { get; init; }

        [Description("Gmail: its own search syntax"), FromQuery]
        public string? Query { get; init; }

        [Description("Only these members of each message, with commas between; of a member's members with a dot. Left out: all"), StringLength(2000), Example("key,subject,from.address"), FromQuery]
        public string? Fields { get; init; }
    }

    public sealed record Response(
        IReadOnlyList<MessageItem> Messages,
        [property: Description("Messages of this page that the server refuses to give; GET /api/sync-status lists all of them")] IReadOnlyList<Refusal> Refused,
        Pagination Pagination)
    {
        internal static Response Of(FetchedPage page, Request request)
        {
            // Those that are refused have their places in the folder, too.
            var read = page.Messages.Count + page.Refused.Count;
            var next = request.Offset + read;
            var hasMore = page.NextPageToken is not null || (page.Total is { } total && next < total && read > 0);
            return new Response(
                page.Messages, [.. page.Refused.Select(refused => new Refusal(refused.RemoteId, refused.Code, refused.Reason))], new Pagination(request.Offset, request.Limit, page.Messages.Count, page.Total, hasMore, hasMore ? next : null, page.NextPageToken));
        }
    }

    /// <summary>A message that the server has and does not give.</summary>
    public sealed record Refusal(
        [property: Description("The server's id; for IMAP the UID"), Example("4711")] string Id,
        [property: Description("A stable word for programs"), Example("server_refused")] string Code,
        [property: Description("What the server said")] string Reason);

    /// <summary>Where this page lies and where the next begins.</summary>
    public sealed record Pagination(
        int Offset,
        int Limit,
        int Count,
        [property: Description("Messages in the folder on the server; null when it does not say")] int? Total,
        bool HasMore,
        [property: Description("The offset of the next page; null on the last")] int? NextOffset,
        [property: Description("Gmail: the pageToken of the next page"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);
}
