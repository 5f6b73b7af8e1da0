using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// Tries once more what may be tried, as far as the call's <see cref="RetryRule"/> allows: refusals for the rate, trouble of the server and the
/// network. When the server asks to wait, all requests to the mailbox wait. What stays a failure leaves as a <see cref="MailException"/>.
/// </summary>
internal sealed class GraphRetry(GraphPermits permits, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = GraphCall.Of(request);
        if (call is null)
        {
            call = new GraphCall(GraphCall.RuleOf(request.Method.Method), time.GetUtcNow() + GraphLimits.Call);
            call.Attach(request);
        }

        using var limit = new TimeLimit(call.Deadline - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
        for (var tries = 1; ; tries++)
        {
            var before = call.MayHaveActed;
            MailException failure;
            var (wasRefused, isRate, mayPass) = (false, false, true);
            try
            {
                var response = await base.SendAsync(request, limit.Token);
                if (response.IsSuccessStatusCode)
                    return response;
                using (response)
                {
                    var refusal = await GraphRefusal.ReadAsync(response, time, cancellationToken);

                    // The try before deleted it, and its answer was lost.
                    if (refusal.Status == HttpStatusCode.NotFound && before && request.Method == HttpMethod.Delete)
                        return new HttpResponseMessage(HttpStatusCode.NoContent) { RequestMessage = request };
                    failure = GraphFaults.Of(refusal, request.RequestUri);
                    (wasRefused, isRate, mayPass) = (refusal.WasNotActedUpon, refusal.IsRate || refusal.IsPostponed, refusal.IsRate || refusal.IsServerTrouble);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw GraphFaults.TimedOut();
            }
            catch (Exception e) when (e is not (MailException or OperationCanceledException) && call.HandOverFailure is null && GraphFaults.Translate(e) is { } network)
            {
                (failure, wasRefused, mayPass) = (network, NetworkFaults.WasNeverSent(e), NetworkFaults.MayPass(e));
            }

            if (wasRefused)
                call.MayHaveActed = before;
            var delay = RetryDelay.Of(tries, failure.RetryAfter, Random.Shared.NextDouble());
            if (isRate)
                permits.Pause(delay);
            if (!mayPass || !May(call, wasRefused) || tries == GraphLimits.Tries || failure.RetryAfter > RetryDelay.MaxRetryAfter || time.GetUtcNow() + delay > call.Deadline)
                throw failure;
            if (!isRate)
                await Task.Delay(delay, time, cancellationToken);
        }
    }

    private static bool May(GraphCall call, bool wasRefused) => call.Retry switch
    {
        RetryRule.Always => true,
        RetryRule.IfRefused => wasRefused,
        _ => false,
    };
}
