using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Http;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Puts the access token on each try, of requests to the configured address only: an upload goes where the server says, and neither the
/// token nor the mail goes elsewhere. A token that is refused is replaced once a call.
/// </summary>
internal sealed class GmailBearer(ConfiguredServer server, IAccessTokens tokens, GmailCall? upload) : IHttpExecuteInterceptor, IHttpUnsuccessfulResponseHandler
{
    public async Task InterceptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        server.Require(request.RequestUri);
        var token = CallOf(request)?.RefreshedToken ?? await tokens.GetAccessTokenAsync(cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args)
    {
        if (args.Response.StatusCode != HttpStatusCode.Unauthorized
            || !args.SupportsRetry
            || CallOf(args.Request) is not { RefreshedToken: null } call
            || args.Request.Headers.Authorization?.Parameter is not { } refused)
            return false;
        call.RefreshedToken = await tokens.RefreshAccessTokenAsync(refused, args.CancellationToken);
        return true;
    }

    private GmailCall? CallOf(HttpRequestMessage request) => upload ?? GmailCall.Of(request);
}
