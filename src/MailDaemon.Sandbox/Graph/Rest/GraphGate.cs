using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>What each request passes: the faults that are armed for it, and the log.</summary>
internal sealed class GraphGate(GraphContext context, RequestLog<GraphRequest> log)
{
    private readonly FaultGate<GraphError, GraphReply> faults =
        new(context.Faults, context.Time, (_, error) => GraphReply.Of(error), (reply, bytes) => reply with { CutAfter = bytes });

    /// <summary>Answers a request unless a fault does.</summary>
    /// <param name="messageId">The immutable id of the message that it reads; null for any other request.</param>
    /// <returns>Null when the connection is to be cut.</returns>
    public async Task<GraphReply?> RunAsync(GraphRequest request, string? messageId, Func<RequestNotes, CancellationToken, Task<GraphReply?>> answer, CancellationToken ct)
    {
        var notes = new RequestNotes();
        var reply = await faults.RunAsync(
            new FaultedRequest(request.Operation, request.IsBatchPart, messageId),
            stop => context.Faults.Redirect.TryTake(request.Operation, out var address)
                ? Task.FromResult<GraphReply?>(new GraphReply(302) { Headers = [new("Location", address)] })
                : answer(notes, stop),
            ct);
        log.Add(request with { Status = reply?.Status ?? 0, User = notes.User, Violations = [.. request.Violations, .. notes.Violations] });
        return reply;
    }
}

/// <summary>What is known of a request once it was answered.</summary>
internal sealed class RequestNotes
{
    public string? User { get; set; }

    public IReadOnlyList<string> Violations { get; set; } = [];
}
