using System.Net;
using Google.Apis.Http;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Decides what is tried once more, and waits until then: refusals for the rate, trouble of the server and the network, each as far as the
/// call's <see cref="RetryRule"/> allows. Of an upload's parts it only waits: the runtime asks the server where the upload stands
/// before it goes on.
/// </summary>
internal sealed class GmailRetry(GmailQuota quota, TimeProvider time, GmailCall? upload) : IHttpUnsuccessfulResponseHandler, IHttpExceptionHandler
{
    public async Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args)
    {
        if ((int)args.Response.StatusCode < 400 || CallOf(args.Request) is not { } call)
            return false;
        var refusal = await GmailRefusal.ReadAsync(args.Response, time, args.CancellationToken);
        if (refusal.IsRate)
            SlowDown(refusal);
        else if (refusal.IsServerTrouble)
            call.MayHaveActed = true;
        else
            return false;
        call.RetryAfter = refusal.RetryAfter;
        return await GoesOnAsync(call, args.Request, args.SupportsRetry, wasRefused: refusal.IsRate, args.CancellationToken);
    }

    public async Task<bool> HandleExceptionAsync(HandleExceptionArgs args)
    {
        if (CallOf(args.Request) is not { } call || args.CancellationToken.IsCancellationRequested || !NetworkFaults.MayPass(args.Exception))
            return false;
        var wasNeverSent = NetworkFaults.WasNeverSent(args.Exception);
        call.MayHaveActed |= !wasNeverSent;
        call.RetryAfter = null;
        return await GoesOnAsync(call, args.Request, args.SupportsRetry, wasNeverSent, args.CancellationToken);
    }

    /// <summary>A limit of hours is for sending, and does not stop the reading.</summary>
    private void SlowDown(GmailRefusal refusal)
    {
        if (upload is null || refusal.RetryAfter is not { } wait || wait <= RetryDelay.MaxRetryAfter)
            quota.Refused(refusal.RetryAfter);
    }

    private async Task<bool> GoesOnAsync(GmailCall call, HttpRequestMessage request, bool hasTries, bool wasRefused, CancellationToken ct)
    {
        call.FailedTries++;
        var isPart = upload is not null && request.Method == HttpMethod.Put && !wasRefused;
        if (!hasTries || !May(call, wasRefused) || call.RetryAfter > RetryDelay.MaxRetryAfter)
            return false;
        var delay = RetryDelay.Of(call.FailedTries, call.RetryAfter, Random.Shared.NextDouble());
        if (time.GetUtcNow() + delay > call.Deadline)
            return false;
        await Task.Delay(delay, time, ct);
        if (isPart)
            return false;
        await quota.SpendAsync(call.Lane, call.Units, ct);
        return true;
    }

    /// <summary>The beginning of an upload makes nothing, and of its parts the runtime asks.</summary>
    private bool May(GmailCall call, bool wasRefused) => call.Repeat switch
    {
        RetryRule.Always => true,
        RetryRule.IfRefused => wasRefused || upload is not null,
        _ => false,
    };

    private GmailCall? CallOf(HttpRequestMessage request) => upload ?? GmailCall.Of(request);
}
