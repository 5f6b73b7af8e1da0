using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Events;

/// <summary>What happens, as it happens.</summary>
internal static class StreamEvents
{
    private const string LastEventIdHeader = "Last-Event-ID";

    [EndpointSummary("Follow what happens")]
    [EndpointDescription(
        "Server-sent events (curl -N, EventSource): message.added, message.updated, message.removed, sync.progress, sync.done, sync.failed, outbox. with the state a mail came to, rule.matched and rule.done, task. with the state an agent's task came to, and offline.queued, offline.done, offline.failed, offline.removed of changes that wait for their server. "
        + "The newest 10,000 are remembered: with Last-Event-ID, which EventSource sends by itself, or lastEventId, those after it come first. "
        + "The event reset says that some are lost, after a restart for example: read the lists anew. A comment comes every 15 seconds.")]
    [Tags("Events")]
    [NotForHead("text/event-stream; charset=utf-8")]
    [Fails]
    public static async Task<IResult> HandleAsync(HttpContext context, Input<Request> input, EventStreams streams)
    {
        var request = input.Value;
        var header = context.Request.Headers[LastEventIdHeader].ToString();
        await streams.WriteAsync(
            context, new EventFilter(request.Provider, request.Email, request.Types), header.Length > 0 ? header : request.LastEventId, request.Follow);
        return Results.Empty;
    }

    public sealed record Request
    {
        [Description("Only of this provider's accounts"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only of this address"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("Only these types or families, with commas between"), Example("message,sync.failed")]
        public string? Types { get; init; }

        [Description("The id of the last event that you have; the header Last-Event-ID goes before it"), Example("19ab3c-42")]
        public string? LastEventId { get; init; }

        [Description("false: end with the newest event instead of waiting for more"), Example("false")]
        public bool Follow { get; init; } = true;
    }
}
