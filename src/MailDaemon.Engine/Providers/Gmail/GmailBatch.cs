using System.Text;
using Google.Apis.Gmail.v1;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Runs many requests in batches, one at a time for persons and one for passes. A batch begins with 25 parts; each one that is done without a refusal adds a part, each
/// refusal halves it (Gmail refuses parts of larger ones at once). Parts that were refused for the rate are repeated, and so are those that
/// the server failed at where that is safe. Thread-safe.
/// </summary>
internal sealed class GmailBatch(GmailService service, GmailQuota quota, IAccessTokens tokens, TimeProvider time) : IDisposable
{
    private const int Least = 5;
    private const int Most = 50;
    private readonly SemaphoreSlim personPlace = new(1, 1);
    private readonly SemaphoreSlim passPlace = new(1, 1);
    private readonly Lock gate = new();
    private int size = 25;

    /// <summary>Parts that the next batch has.</summary>
    public int Size
    {
        get
        {
            lock (gate)
                return size;
        }
    }

    /// <summary>Runs requests of one kind.</summary>
    /// <returns>One for each, in their order.</returns>
    /// <exception cref="MailException">The batch as a whole failed, as it does without network or consent.</exception>
    public async Task<IReadOnlyList<GmailResult<T>>> RunAsync<T>(GmailLane lane, IReadOnlyList<GmailBaseServiceRequest<T>> requests, CancellationToken ct)
    {
        if (requests.Count == 0)
            return [];
        var run = new GmailBatchRun<T>(lane, requests);
        while (run.Take(Size) is { Count: > 0 } parts)
        {
            var count = await quota.SpendAsync(lane, run.Price, Math.Min(Least, parts.Count), parts.Count, ct);
            run.PutBack(parts[count..]);
            var pause = await SendInTurnAsync(run, parts[..count], ct);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, ct);
        }

        return run.Results;
    }

    public void Dispose()
    {
        personPlace.Dispose();
        passPlace.Dispose();
    }

    private async Task<TimeSpan> SendInTurnAsync<T>(GmailBatchRun<T> run, List<int> parts, CancellationToken ct)
    {
        var place = run.Lane == GmailLane.Person ? personPlace : passPlace;
        await place.WaitAsync(ct);
        try
        {
            return await SendAsync(run, parts, ct);
        }
        finally
        {
            place.Release();
        }
    }

    /// <returns>How long to wait before what failed is repeated.</returns>
    private async Task<TimeSpan> SendAsync<T>(GmailBatchRun<T> run, List<int> parts, CancellationToken ct)
    {
        var call = new GmailCall(run.Lane, parts.Count * run.Price, RetryRule.Never, time.GetUtcNow()) { MaxBytes = GmailLimits.BatchReplyBytes };
        var requests = parts.ConvertAll(part => run.Requests[part].CreateRequest(false));
        using var limit = new TimeLimit(GmailLimits.Try * 2, time, ct);
        try
        {
            using var outer = new HttpRequestMessage(HttpMethod.Post, service.BatchUri) { Content = await GmailBatchPart.WriteAsync(requests, ct) };
            call.Attach(outer);
            using var response = await service.HttpClient.SendAsync(outer, limit.Token);
            if (!response.IsSuccessStatusCode)
                return Trouble(run, parts, await GmailRefusal.ReadAsync(response, time, ct));
            var answers = GmailBatchPart.Read(response.Content.Headers.ContentType, await response.Content.ReadAsByteArrayAsync(ct));
            return await SortAsync(run, parts, answers, outer.Headers.Authorization?.Parameter, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            var failure = GmailFaults.Translate(e is OperationCanceledException ? new TimeoutException(e.Message, e) : e, run.Requests[0]);
            if (e is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
            {
                run.TooLarge(parts, failure!);
                return TimeSpan.Zero;
            }

            if (failure is not { IsOffline: true })
                throw failure ?? e;
            return run.Repeat(parts, failure) is > 0 and var tries ? RetryDelay.Of(tries, null, Random.Shared.NextDouble()) : throw failure;
        }
        finally
        {
            requests.ForEach(request => request.Dispose());
        }
    }

    /// <summary>The batch was refused as a whole.</summary>
    private TimeSpan Trouble<T>(GmailBatchRun<T> run, List<int> parts, GmailRefusal refusal)
    {
        var failure = GmailFaults.Of(refusal, run.Requests[0]);
        if (refusal.IsRate)
            Shrink();
        else if (!refusal.IsServerTrouble)
            throw failure;
        var tries = refusal.IsRate ? run.RepeatRefused(parts) : run.Repeat(parts, failure);
        return tries > 0 ? RetryDelay.Of(tries, refusal.RetryAfter, Random.Shared.NextDouble()) : throw failure;
    }

    /// <summary>Gives each part its answer, and sees to those that are to be repeated.</summary>
    private async Task<TimeSpan> SortAsync<T>(GmailBatchRun<T> run, List<int> parts, IReadOnlyList<GmailBatchPart> answers, string? token, CancellationToken ct)
    {
        var open = parts.ToHashSet();
        var (refused, failed, unauthorized) = (new List<int>(), new List<int>(), new List<int>());
        TimeSpan? retryAfter = null;
        foreach (var answer in answers)
        {
            if (answer.Index < 0 || answer.Index >= parts.Count || !open.Remove(parts[answer.Index]))
                continue;
            var part = parts[answer.Index];
            if ((int)answer.Status < 300)
            {
                run.Results[part] = Parse<T>(answer);
                continue;
            }

            var refusal = GmailRefusal.Read(answer.Status, answer.Body, answer.RetryAfter, time.GetUtcNow());
            run.Results[part] = new GmailResult<T>(default, GmailFaults.Of(refusal, run.Requests[part]));
            if (refusal.RetryAfter > (retryAfter ?? TimeSpan.Zero))
                retryAfter = refusal.RetryAfter;
            if (refusal.IsRate)
                refused.Add(part);
            else if (refusal.IsServerTrouble)
                failed.Add(part);
            else if (answer.Status == System.Net.HttpStatusCode.Unauthorized)
                unauthorized.Add(part);
        }

        if (unauthorized.Count > 0 && token is not null && !run.HasNewToken)
        {
            await tokens.RefreshAccessTokenAsync(token, ct);
            run.HasNewToken = true;
            run.RepeatRefused(unauthorized);
        }

        var tries = Math.Max(run.RepeatRefused(refused), run.Repeat([.. failed, .. open], GmailFaults.Odd()));
        var pause = tries > 0 ? RetryDelay.Of(tries, retryAfter, Random.Shared.NextDouble()) : TimeSpan.Zero;
        if (refused.Count == 0)
        {
            Grow(parts.Count);
            return pause;
        }

        Shrink();
        quota.Refused(pause);
        return TimeSpan.Zero;
    }

    private GmailResult<T> Parse<T>(GmailBatchPart answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        if (typeof(T) == typeof(string))
            return new GmailResult<T>((T)(object)text.Trim(), null);
        try
        {
            return service.Serializer.Deserialize<T>(text) is { } value ? new GmailResult<T>(value, null) : new GmailResult<T>(default, GmailFaults.Odd());
        }
        catch (Newtonsoft.Json.JsonException)
        {
            return new GmailResult<T>(default, GmailFaults.Odd());
        }
    }

    private void Grow(int done)
    {
        lock (gate)
        {
            if (done >= size)
                size = Math.Min(Most, size + 1);
        }
    }

    private void Shrink()
    {
        lock (gate)
            size = Math.Max(Least, size / 2);
    }
}
