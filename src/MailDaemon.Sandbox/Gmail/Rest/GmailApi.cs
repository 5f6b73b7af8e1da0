using System.Collections.Concurrent;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Answers one call of the API: who it is, whether the token and the quota allow it, what it does, which fields are wanted.</summary>
internal sealed class GmailApi(
    GmailContext context, IssuedTokens tokens, RequestGate gate, GmailContract? contract, IReadOnlyDictionary<string, GmailMailbox> mailboxes)
{
    private readonly IReadOnlyList<GmailMethod> methods = GmailMethods.Create(context);
    private readonly ConcurrentDictionary<string, int> inFlight = new(StringComparer.OrdinalIgnoreCase);
    private readonly UsageMeter meter = new(context.Time, TimeSpan.FromMinutes(1), context.Options.UnitsPerMinute);

    /// <summary>The most requests of one user that ran at the same time, parts of batches included.</summary>
    public int PeakInFlight { get; private set; }

    /// <returns>Null when the connection is to be cut.</returns>
    public Task<GmailReply?> AnswerAsync(GmailCall call, CancellationToken ct)
    {
        var method = Find(call);
        return InFlightAsync(call, full => gate.RunAsync(
            Request(call, method),
            (notes, _) =>
            {
                var reply = full ? GmailReply.Of(GmailError.RateLimit) : Answer(method, call, notes);
                call.Answered?.Invoke(reply);
                return Task.FromResult<GmailReply?>(reply);
            },
            ct));
    }

    /// <summary>Answers an error in place of the call.</summary>
    public Task<GmailReply?> RefuseAsync(GmailCall call, GmailError error, CancellationToken ct) =>
        gate.RunAsync(Request(call, Find(call)), (_, _) => Task.FromResult<GmailReply?>(GmailReply.Of(error)), ct);

    /// <summary>The method of this verb and path; null when the sandbox has none.</summary>
    public GmailMethod? Find(GmailCall call) => methods.FirstOrDefault(method => method.Verb == call.Verb && method.Match(call.Path) is not null);

    /// <summary>Why the call must not be made, null when it may be.</summary>
    public GmailReply? Refusal(GmailMethod method, ref GmailCall call, RequestNotes notes)
    {
        if (call.Token is null || tokens.Find(call.Token) is not { } grant)
        {
            return GmailReply.InvalidCredentials();
        }

        notes.User = grant.User;
        call = call with { PathValues = method.Match(call.Path)!, Scopes = grant.Scopes, Mailbox = mailboxes[grant.User] };
        if (!method.Scopes.Any(grant.Scopes.Contains))
        {
            return GmailReply.InsufficientScopes(method.Scopes);
        }

        return call.PathValues["userId"] is var user && (user == "me" || user.Equals(grant.User, StringComparison.OrdinalIgnoreCase))
            ? null
            : GmailReply.Of(new GmailError(403, "forbidden", "PERMISSION_DENIED", $"Delegation denied for {grant.User}"));
    }

    /// <summary>Counts the requests of a user that run at the same time.</summary>
    private async Task<GmailReply?> InFlightAsync(GmailCall call, Func<bool, Task<GmailReply?>> answer)
    {
        if (call.Token is null || tokens.Find(call.Token) is not { } grant)
        {
            return await answer(false);
        }

        var count = inFlight.AddOrUpdate(grant.User, 1, (_, before) => before + 1);
        lock (inFlight)
        {
            PeakInFlight = Math.Max(PeakInFlight, count);
        }

        try
        {
            return await answer(count > context.Options.MaxRequestsAtOnce);
        }
        finally
        {
            inFlight.AddOrUpdate(grant.User, 0, (_, before) => before - 1);
        }
    }

    private GmailRequest Request(GmailCall call, GmailMethod? method) => new()
    {
        At = context.Time.GetUtcNow(),
        Verb = call.Verb,
        Path = call.LoggedPath,
        Method = method?.Id ?? "",
        IsBatchPart = call.IsBatchPart,
    };

    private GmailReply Answer(GmailMethod? method, GmailCall call, RequestNotes notes)
    {
        notes.Violations = contract?.Check(call) ?? [];
        if (method is null || (call.IsUpload && !method.TakesMedia))
        {
            return GmailReply.Of(new GmailError(404, "notFound", "NOT_FOUND", "Method not found."));
        }

        if (Refusal(method, ref call, notes) is { } refusal)
        {
            return refusal;
        }

        if (!meter.TryTake(call.Mailbox.Address, method.Units))
        {
            return GmailReply.Of(context.Options.AnswersQuotaWith403 ? GmailError.UserRateLimit : GmailError.RateLimit with
            {
                Message = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com'.",
            });
        }

        notes.Units = method.Units;
        if (context.Faults.Meanwhile.TryTake(method.Id, out var change))
        {
            change(call.Mailbox);
        }

        try
        {
            return Carry(method, call);
        }
        catch (GmailException failure)
        {
            return GmailReply.Of(failure);
        }
    }

    private static GmailReply Carry(GmailMethod method, GmailCall call)
    {
        if (call.One("alt") is { } alt && alt != "json")
        {
            throw GmailException.InvalidArgument($"Invalid value at 'alt', \"{alt}\"");
        }

        var mask = call.One("fields") is { Length: > 0 } fields ? FieldMask.Parse(fields) : null;
        var body = method.Answer(call);
        return GmailReply.Of(body is null || mask is null ? body : mask.Apply(body));
    }
}
