using System.Net;
using System.Net.Http.Headers;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// Puts the access token on each try, of requests to the configured server only, and sends it. A token that is refused is replaced once, which
/// repeats nothing: what is refused so was not done.
/// </summary>
internal sealed class GraphBearer(ConfiguredServer server, IAccessTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = GraphCall.Of(request)!;
        if (call.IsAnonymous)
            return await SendAsync(call, request, cancellationToken);
        server.Require(request.RequestUri);
        if (!GraphAddress.IsWithin(server, request.RequestUri!))
            throw GraphFaults.Foreign();
        var before = call.MayHaveActed;
        var response = await SendAsync(call, request, call.Token = await tokens.GetAccessTokenAsync(cancellationToken), cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;
        response.Dispose();
        call.MayHaveActed = before;
        return await SendAsync(call, request, call.Token = await tokens.RefreshAccessTokenAsync(call.Token, cancellationToken), cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(GraphCall call, HttpRequestMessage request, string token, CancellationToken ct)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return SendAsync(call, request, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(GraphCall call, HttpRequestMessage request, CancellationToken ct)
    {
        await call.HandOverAsync(ct);
        call.MayHaveActed = true; // Until an answer says what became of it.
        return await base.SendAsync(request, ct);
    }
}
