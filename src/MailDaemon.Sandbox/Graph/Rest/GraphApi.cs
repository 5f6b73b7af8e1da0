using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Answers one call of the API: who it is, whether the limits of the mailbox allow it, what it does.</summary>
internal sealed class GraphApi(
    GraphContext context, GraphTokens tokens, GraphGate gate, GraphContract? contract, IReadOnlyDictionary<string, GraphMailbox> mailboxes, IReadOnlyList<GraphOperation> operations)
{
    private readonly UsageMeter requests = new(context.Time, TimeSpan.FromMinutes(10), context.Options.RequestsPerTenMinutes);

    public MailboxLoad Load { get; } = new();

    /// <returns>Null when the connection is to be cut.</returns>
    public async Task<GraphReply?> AnswerAsync(GraphCall call, CancellationToken ct)
    {
        var (operation, values) = Find(call);
        if (values is not null)
        {
            call = call with { PathValues = values };
        }

        var mailbox = call.Token is { } token && tokens.Find(token) is { } address ? mailboxes.GetValueOrDefault(address) : null;
        var running = mailbox is null ? 0 : Load.Enter(mailbox.Address);
        try
        {
            var isOver = context.Options.EnforceConcurrency && running > context.Options.MaxRequestsAtOnce;
            return await gate.RunAsync(
                Entry(call, operation),
                MessageRead(call, operation),
                (notes, _) => Task.FromResult<GraphReply?>(isOver ? Over(mailbox!, notes) : Answer(call, operation, mailbox, notes)),
                ct);
        }
        finally
        {
            if (mailbox is not null)
            {
                Load.Leave(mailbox.Address);
            }
        }
    }

    private GraphReply Answer(GraphCall call, GraphOperation? operation, GraphMailbox? mailbox, RequestNotes notes)
    {
        notes.Violations = contract?.Check(call) ?? [];
        if (mailbox is null)
        {
            return GraphReply.Of(call.Token is null ? GraphError.InvalidToken with { Message = "Access token is empty." } : GraphError.InvalidToken);
        }

        notes.User = mailbox.Address;
        if (!requests.TryTake(mailbox.Address, 1))
        {
            return GraphReply.Of(GraphError.TooManyRequests);
        }

        if (operation is null)
        {
            return GraphReply.Of(GraphException.BadUri($"Resource not found for the segment '{call.Segments[^1]}'.").Error);
        }

        if (call.Request.Body.Length > context.Options.MaxRequestBytes)
        {
            return GraphReply.Of(new GraphError(413, "BadRequest", "Maximum request length exceeded."));
        }

        if (context.Faults.Meanwhile.TryTake(operation.Id, out var change))
        {
            change(mailbox);
        }

        try
        {
            var reply = operation.Answer(call with { Mailbox = mailbox });
            return call.PrefersImmutableIds ? reply with { Headers = [.. reply.Headers, new("Preference-Applied", "IdType=\"ImmutableId\"")] } : reply;
        }
        catch (GraphException failure)
        {
            return GraphReply.Of(failure.Error);
        }
    }

    private static GraphReply Over(GraphMailbox mailbox, RequestNotes notes)
    {
        notes.User = mailbox.Address;
        return GraphReply.Of(GraphError.MailboxConcurrency);
    }

    private (GraphOperation? Operation, Dictionary<string, string>? Values) Find(GraphCall call)
    {
        foreach (var operation in operations)
        {
            if (operation.Verb == call.Verb && operation.Match(call.Segments) is { } values)
            {
                return (operation, values);
            }
        }

        return (null, null);
    }

    private GraphRequest Entry(GraphCall call, GraphOperation? operation) => new()
    {
        At = context.Time.GetUtcNow(),
        Verb = call.Verb,
        Path = call.Request.LoggedPath,
        Operation = operation?.Id ?? "",
        IsBatchPart = call.IsBatchPart,
        PrefersImmutableIds = call.PrefersImmutableIds || operation?.TouchesMessages != true,
        BodyBytes = call.Request.Body.Length,
    };

    private static string? MessageRead(GraphCall call, GraphOperation? operation) =>
        operation?.Id is "me.message.get" or "me.message.getMime" ? call.PathValues["message-id"] : null;
}
