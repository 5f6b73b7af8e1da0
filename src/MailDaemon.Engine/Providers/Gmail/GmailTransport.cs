namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// One try: a limit on its time, and a reply that is read whole up to its limit, so that a connection that breaks within it is a failed
/// try like any other. The transport belongs to whoever gave it.
/// </summary>
internal sealed class GmailTransport(HttpMessageHandler transport, TimeProvider time) : HttpMessageHandler
{
    private readonly HttpMessageInvoker invoker = new(transport, disposeHandler: false);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = GmailCall.Of(request);
        using var timeout = new CancellationTokenSource(GmailLimits.Try, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await invoker.SendAsync(request, limit.Token);
            if (!response.IsSuccessStatusCode)
                await response.Content.LoadIntoBufferAsync(GmailLimits.ErrorBytes, limit.Token);
            else if (call is not { IsStreamed: true })
                await response.Content.LoadIntoBufferAsync(call?.MaxBytes ?? GmailLimits.ReplyBytes, limit.Token);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException("Gmail did not answer in time.", e);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            invoker.Dispose();
        base.Dispose(disposing);
    }
}
