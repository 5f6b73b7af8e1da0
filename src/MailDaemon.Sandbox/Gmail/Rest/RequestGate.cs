using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>What each request passes: the faults that are armed for it, and the log.</summary>
internal sealed class RequestGate(GmailContext context, RequestLog<GmailRequest> log)
{
    private readonly FaultGate<GmailError, GmailReply> faults = new(context.Faults, context.Time, Write, (reply, bytes) => reply with { CutAfter = bytes });

    /// <summary>Answers a request unless a fault does.</summary>
    /// <returns>Null when the connection is to be cut.</returns>
    public async Task<GmailReply?> RunAsync(GmailRequest request, Func<RequestNotes, CancellationToken, Task<GmailReply?>> answer, CancellationToken ct)
    {
        var notes = new RequestNotes();
        var name = request.Method;
        var faulted = new FaultedRequest(name, request.IsBatchPart, name == "gmail.users.messages.get" ? IdIn(request.Path) : null);
        var reply = await faults.RunAsync(faulted, stop => answer(notes, stop), ct);
        log.Add(request with { Status = reply?.Status ?? 0, Units = notes.Units, User = notes.User, Violations = notes.Violations });
        return reply;
    }

    private static GmailReply Write(string method, GmailError error) =>
        method.StartsWith("oauth.", StringComparison.Ordinal) ? GmailReply.OfOAuth(error) : GmailReply.Of(error);

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
