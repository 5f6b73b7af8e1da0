using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Serialization;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// Runs many requests in batches of up to twenty. Their parts state no order: of such a batch Graph runs up to four at once, which is what a
/// mailbox may have, so a batch holds all four permits (Graph, "Outlook service limits for JSON batching"; chains within a batch are not
/// allowed there: "Batch should be either fully sequential or fully parallel"). Parts that were refused for the rate, also where the batch as
/// a whole says 200, are repeated, and so are those that the server failed at where that is safe. Thread-safe.
/// </summary>
internal sealed class GraphBatch(ConfiguredServer server, HttpClient http, IAccessTokens tokens, GraphPermits permits, TimeProvider time)
{
    private readonly Uri address = new(server.BaseUrl, "$batch");

    /// <returns>One for each, in their order.</returns>
    /// <exception cref="MailException">None of them was answered, as without network or consent.</exception>
    public async Task<IReadOnlyList<GraphResult<T>>> RunAsync<T>(IReadOnlyList<RequestInformation> requests, CancellationToken ct)
        where T : IParsable, new()
    {
        var run = new GraphBatchRun<T>(requests);
        var (done, deadline) = (0, time.GetUtcNow() + GraphLimits.Call);
        try
        {
            while (run.Take() is { Count: > 0 } parts)
            {
                if (run.Done > done)
                    (done, deadline) = (run.Done, time.GetUtcNow() + GraphLimits.Call);
                var pause = await SendAsync(run, parts, deadline, ct);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, ct);
            }
        }
        catch (MailException e) when (run.HasAnswers)
        {
            run.FailRest(e);
        }

        return run.Results;
    }

    /// <returns>How long to wait before what failed is repeated.</returns>
    private async Task<TimeSpan> SendAsync<T>(GraphBatchRun<T> run, List<int> parts, DateTimeOffset deadline, CancellationToken ct)
        where T : IParsable, new()
    {
        using var permit = await permits.TakeAsync(Math.Min(GraphLimits.AtOnce, parts.Count), deadline - time.GetUtcNow(), ct);
        using var call = new GraphCall(RetryRule.Never, time.GetUtcNow() + GraphLimits.Call) { HasPermits = true };
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = GraphBatchBody.Write(server, parts.Select(part => run.Requests[part])) };
        call.Attach(request);
        try
        {
            using var response = await http.SendAsync(request, ct);
            return await SortAsync(run, parts, GraphBatchBody.Read(await response.Content.ReadAsByteArrayAsync(ct)), call.Token, ct);
        }
        catch (MailException e) when (e.Code == NetworkFaults.AnswerTooLarge)
        {
            run.TooLarge(parts, e);
            return TimeSpan.Zero;
        }
        catch (MailException e) when (e.MayPass && e.Fault != MailFault.NotAuthorized)
        {
            var failed = parts.ConvertAll(part => (part, e));
            var tries = call.MayHaveActed ? run.RepeatUncertain(failed) : run.RepeatRefused(failed);
            if (tries == 0)
                throw;
            return Pause(tries, e);
        }
    }

    /// <summary>Gives each part its answer, and sees to those that are to be repeated.</summary>
    private async Task<TimeSpan> SortAsync<T>(GraphBatchRun<T> run, List<int> parts, IReadOnlyList<GraphBatchAnswer> answers, string? token, CancellationToken ct)
        where T : IParsable, new()
    {
        var open = parts.ToHashSet();
        var (refused, failed, unauthorized) = (new List<(int, MailException)>(), new List<(int, MailException)>(), new List<(int, MailException)>());
        TimeSpan? retryAfter = null;
        foreach (var answer in answers)
        {
            if (answer.Index < 0 || answer.Index >= parts.Count || !open.Remove(parts[answer.Index]))
                continue;
            var part = parts[answer.Index];
            run.HasAnswers = true;
            if ((int)answer.Status < 300)
            {
                run.Finish(part, Parse<T>(answer));
                continue;
            }

            var refusal = GraphRefusal.Read(answer.Status, answer.Body, RetryAfter.Of(answer.RetryAfter, time.GetUtcNow()));
            var failure = GraphFaults.Of(refusal, GraphAddress.Resolve(run.Requests[part].URI));
            if (refusal.RetryAfter > (retryAfter ?? TimeSpan.Zero))
                retryAfter = refusal.RetryAfter;
            if (refusal.IsRate || refusal.IsPostponed || refusal.Status == HttpStatusCode.FailedDependency)
                refused.Add((part, failure));
            else if (refusal.IsServerTrouble)
                failed.Add((part, failure));
            else if (refusal.Status == HttpStatusCode.Unauthorized && token is not null && !run.HasNewToken)
                unauthorized.Add((part, failure));
            else
                run.Finish(part, new GraphResult<T>(default, refusal.Status == HttpStatusCode.NotFound && run.WasDeletedBefore(part) ? null : failure));
        }

        if (unauthorized.Count > 0)
        {
            await tokens.RefreshAccessTokenAsync(token!, ct);
            run.HasNewToken = true;
            run.RepeatRefused(unauthorized);
        }

        failed.AddRange(open.Select(part => (part, GraphFaults.Odd())));
        var afterTrouble = run.RepeatUncertain(failed);
        var afterRefusal = run.RepeatRefused(refused);
        if (refused.Count > 0)
            permits.Pause(RetryDelay.Of(Math.Max(1, afterRefusal), retryAfter, Random.Shared.NextDouble()));
        return afterTrouble > 0 ? RetryDelay.Of(afterTrouble, null, Random.Shared.NextDouble()) : TimeSpan.Zero;
    }

    private static GraphResult<T> Parse<T>(GraphBatchAnswer answer)
        where T : IParsable, new()
    {
        if (answer.Body.ValueKind is System.Text.Json.JsonValueKind.Undefined or System.Text.Json.JsonValueKind.Null)
            return new GraphResult<T>(default, null);
        try
        {
            return new GraphResult<T>(GraphJson.Read<T>(answer.Body), null);
        }
        catch (MailException e)
        {
            return new GraphResult<T>(default, e);
        }
    }

    /// <summary>The pipeline has paused the mailbox already where the server asked for it.</summary>
    private static TimeSpan Pause(int tries, MailException e) =>
        e.Fault == MailFault.TooMany ? TimeSpan.Zero : RetryDelay.Of(tries, e.RetryAfter, Random.Shared.NextDouble());
}
