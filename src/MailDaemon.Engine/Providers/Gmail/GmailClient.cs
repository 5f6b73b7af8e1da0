using Google.Apis.Gmail.v1;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// One Gmail account: every request of it goes through here, so that the quota is kept, what may be repeated is, and failures are
/// <see cref="MailException"/>. Thread-safe.
/// </summary>
internal sealed partial class GmailClient : IDisposable
{
    private readonly GmailHttp http;
    private readonly GmailQuota quota;
    private readonly HttpMessageHandler transport;
    private readonly GmailService service;
    private readonly GmailBatch batch;
    private readonly TimeProvider time;

    /// <param name="transport">What connects; the client disposes it.</param>
    public GmailClient(GmailOptions options, IAccessTokens tokens, HttpMessageHandler transport, TimeProvider time)
    {
        this.transport = transport;
        this.time = time;
        quota = new GmailQuota(options.UnitsPerMinute, time);
        http = new GmailHttp(new Uri(options.ApiBaseUrl.TrimEnd('/') + "/"), tokens, quota, transport, time);
        service = http.NewService();
        batch = new GmailBatch(service, quota, tokens, time);
    }

    /// <summary>Makes the requests for <see cref="RunAsync"/>; the user is always <c>me</c>.</summary>
    public UsersResource Users => service.Users;

    public GmailSpending Spending => quota.Spending;

    /// <summary>Runs a request of <see cref="Users"/>.</summary>
    /// <returns>What it answers; null or empty where the method answers nothing.</returns>
    /// <exception cref="MailException">Whatever the failure is.</exception>
    public async Task<T> RunAsync<T>(GmailLane lane, GmailBaseServiceRequest<T> request, CancellationToken ct)
    {
        var call = await BeginAsync(lane, request, ct);
        request.ModifyRequest = call.Attach;
        using var limit = new TimeLimit(LimitOf(lane), time, ct);
        try
        {
            return await request.ExecuteAsync(limit.Token);
        }
        catch (Exception e) when (FailureOf(e, request, call, ct) is { } failure)
        {
            // The try before deleted it, and its answer was lost.
            if (failure.Fault == MailFault.NotFound && call.MayHaveActed && request.HttpMethod == "DELETE")
                return default!;
            throw failure;
        }
    }

    /// <summary>Runs many requests of one kind in batches.</summary>
    /// <returns>One for each, in their order: a part that fails does not touch the others.</returns>
    /// <exception cref="MailException">All of them failed, as they do without network or consent.</exception>
    public Task<IReadOnlyList<GmailResult<T>>> RunAsync<T>(GmailLane lane, IReadOnlyList<GmailBaseServiceRequest<T>> requests, CancellationToken ct) =>
        batch.RunAsync(lane, requests, ct);

    public void Dispose()
    {
        batch.Dispose();
        service.Dispose();
        quota.Dispose();
        transport.Dispose();
    }

    private static TimeSpan LimitOf(GmailLane lane) => lane == GmailLane.Person ? GmailLimits.PersonCall : GmailLimits.PassCall;

    /// <summary>Pays for a call.</summary>
    private async Task<GmailCall> BeginAsync(GmailLane lane, object request, CancellationToken ct, bool isStreamed = false)
    {
        var units = GmailUnits.Of(request);
        await quota.SpendAsync(lane, units, ct);
        return new GmailCall(lane, units, GmailRepeats.Of(request), time.GetUtcNow() + LimitOf(lane)) { IsStreamed = isStreamed };
    }

    /// <summary>Null when it is the caller who gave up.</summary>
    private static MailException? FailureOf(Exception e, object request, GmailCall call, CancellationToken ct) => e switch
    {
        OperationCanceledException when ct.IsCancellationRequested => null,
        OperationCanceledException => GmailFaults.Translate(new TimeoutException(e.Message, e), request),
        _ => GmailFaults.Translate(e, request, call.RetryAfter),
    };
}
