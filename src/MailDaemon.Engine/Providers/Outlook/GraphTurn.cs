namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Takes the permit of each try, and gives it back when the reply is read.</summary>
internal sealed class GraphTurn(GraphPermits permits, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = GraphCall.Of(request)!;
        if (call.HasPermits)
            return await base.SendAsync(request, cancellationToken);
        var permit = await permits.TakeAsync(1, call.Deadline - time.GetUtcNow(), cancellationToken);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (call.IsStreamed && response.IsSuccessStatusCode)
                (call.Permit, permit) = (permit, null);
            return response;
        }
        finally
        {
            permit?.Dispose();
        }
    }
}
