using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Http;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Puts the access token on each try, of requests to the configured address only: an upload goes where the server says, and neither the
/// token nor the mail goes elsewhere. A token that is refused is replaced once a call.
/// </summary>
internal sealed class GmailBearer(Uri baseUrl, IAccessTokens tokens, GmailCall? upload) : IHttpExecuteInterceptor, IHttpUnsuccessfulResponseHandler
{
    public async Task InterceptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RequireAt(baseUrl, request.RequestUri);
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

    /// <exception cref="MailException"><c>protocol_error</c>: the address is another server's; <c>server_not_allowed</c>: anybody could read along.</exception>
    public static void RequireAt(Uri baseUrl, Uri? address)
    {
        if (baseUrl.Scheme != Uri.UriSchemeHttps && !AddressPolicy.IsThisMachine(baseUrl.Host))
            throw MailException.Conflict("server_not_allowed", "Gmail:ApiBaseUrl is http, which is for servers on this machine only. Make it https.");
        if (address is not { IsAbsoluteUri: true } || Uri.Compare(address, baseUrl, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
            throw new MailException(MailFault.Refused, "protocol_error", $"Gmail named an address that is not at {baseUrl.Authority}. Nothing was sent there. Check Gmail:ApiBaseUrl.");
    }

    private GmailCall? CallOf(HttpRequestMessage request) => upload ?? GmailCall.Of(request);
}
