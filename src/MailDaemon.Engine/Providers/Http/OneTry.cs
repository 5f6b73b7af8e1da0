namespace MailDaemon.Engine.Providers.Http;

/// <summary>
/// One try: a limit on its time, and a reply that is read whole up to its limit, so that a connection that breaks within it is a failed
/// try like any other. The transport belongs to whoever gave it.
/// </summary>
/// <param name="limit">Until the reply is read; of a reply that is streamed, until its head is there.</param>
/// <param name="maxErrorBytes">Of a reply that is no success.</param>
/// <param name="maxBytes">Of a success; null when the caller reads it as it comes.</param>
internal sealed class OneTry(HttpMessageHandler transport, TimeSpan limit, int maxErrorBytes, Func<HttpRequestMessage, int?> maxBytes, TimeProvider time) : HttpMessageHandler
{
    private readonly HttpMessageInvoker invoker = new(transport, disposeHandler: false);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeLimit = new TimeLimit(limit, time, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await invoker.SendAsync(request, timeLimit.Token);
            if ((response.IsSuccessStatusCode ? maxBytes(request) : maxErrorBytes) is { } bytes)
                await response.Content.LoadIntoBufferAsync(bytes, timeLimit.Token);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException("The server did not answer in time.", e);
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
