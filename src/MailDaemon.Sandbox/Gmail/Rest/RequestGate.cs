using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>What each request passes: the faults that are armed for it, and the log.</summary>
internal sealed class RequestGate(GmailContext context, RequestLog<GmailRequest> log)
{
    /// <summary>Answers a request unless a fault does.</summary>
    /// <returns>Null when the connection is to be cut.</returns>
    public async Task<GmailReply?> RunAsync(GmailRequest request, Func<RequestNotes, CancellationToken, Task<GmailReply?>> answer, CancellationToken ct)
    {
        var notes = new RequestNotes();
        var reply = await AnswerAsync(request, notes, answer, ct);
        log.Add(request with { Status = reply?.Status ?? 0, Units = notes.Units, User = notes.User, Violations = notes.Violations });
        return reply;
    }

    private async Task<GmailReply?> AnswerAsync(
        GmailRequest request, RequestNotes notes, Func<RequestNotes, CancellationToken, Task<GmailReply?>> answer, CancellationToken ct)
    {
        var (faults, name) = (context.Faults, request.Method);
        if (faults.Delay.TryTake(name, out var delay))
        {
            await Task.Delay(delay, context.Time, ct);
        }

        if (faults.DropBefore.TryTake(name, out _))
        {
            return null;
        }

        if (faults.Error.TryTake(name, out var error) || (request.IsBatchPart && faults.PartError.TryTake(name, out error))
            || (name == "gmail.users.messages.get" && faults.MessageError.TryTake(IdIn(request.Path), out error)))
        {
            return ReplyOf(request, error);
        }

        var reply = await answer(notes, ct);
        if (reply is null || faults.DropAfter.TryTake(name, out _))
        {
            return null;
        }

        reply = faults.ErrorAfter.TryTake(name, out error) ? ReplyOf(request, error) : reply;
        return faults.CutAfter.TryTake(name, out var bytes) ? reply with { CutAfter = bytes } : reply;
    }

    private static GmailReply ReplyOf(GmailRequest request, GmailError error) =>
        request.Method.StartsWith("oauth.", StringComparison.Ordinal) ? GmailReply.OfOAuth(error) : GmailReply.Of(error);

    /// <summary>The last step of a path.</summary>
    private static string IdIn(string path)
    {
        var end = path.IndexOf('?', StringComparison.Ordinal);
        return (end < 0 ? path : path[..end])[(path.LastIndexOf('/', end < 0 ? path.Length - 1 : end) + 1)..];
    }
}

/// <summary>What is known of a request once it was answered.</summary>
internal sealed class RequestNotes
{
    public int Units { get; set; }

    public string? User { get; set; }

    public IReadOnlyList<string> Violations { get; set; } = [];
}
