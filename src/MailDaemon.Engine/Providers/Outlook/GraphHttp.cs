using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// The pipeline in place of the SDK's own: <see cref="GraphAddress"/>, <see cref="GraphRetry"/>, <see cref="GraphTurn"/>,
/// <see cref="GraphBearer"/>, and <see cref="OneTry"/> before the transport. It follows no redirects and compresses nothing that is sent; what
/// comes is decompressed by the transport.
/// </summary>
internal static class GraphHttp
{
    /// <param name="transport">What connects; disposed by its owner.</param>
    public static HttpClient NewClient(ConfiguredServer server, IAccessTokens tokens, GraphPermits permits, HttpMessageHandler transport, TimeProvider time)
    {
        var oneTry = new OneTry(transport, GraphLimits.Try, GraphLimits.ErrorBytes, MaxBytes, time);
        var bearer = new GraphBearer(server, tokens) { InnerHandler = oneTry };
        var turn = new GraphTurn(permits, time) { InnerHandler = bearer };
        var retry = new GraphRetry(permits, time) { InnerHandler = turn };
        return new HttpClient(new GraphAddress { InnerHandler = retry })
        {
            Timeout = Timeout.InfiniteTimeSpan, // The call has a limit of its own, and so has each try.
            DefaultRequestHeaders = { { "User-Agent", "MailDaemon" } },
        };
    }

    private static int? MaxBytes(HttpRequestMessage request) => GraphCall.Of(request) is { IsStreamed: true } ? null : GraphLimits.ReplyBytes;
}
