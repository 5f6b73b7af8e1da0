using Google.Apis.Gmail.v1;
using Google.Apis.Http;
using Google.Apis.Json;
using Google.Apis.Services;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Google's pipeline as the daemon needs it: <see cref="GmailBearer"/> puts the token on, <see cref="GmailRetry"/> repeats what may be
/// repeated, <see cref="OneTry"/> limits each try. Google's own back-off is off: it knows nothing but 503.
/// </summary>
/// <param name="transport">What connects; shared by all services, disposed by its owner.</param>
internal sealed class GmailHttp(Uri baseUrl, IAccessTokens tokens, GmailQuota quota, HttpMessageHandler transport, TimeProvider time) : HttpClientFactory
{
    private const int MaxDepth = 256;
    private readonly ConfiguredServer server = new(baseUrl, "Gmail", "Gmail:ApiBaseUrl");

    /// <param name="upload">The call that all requests of the service belong to; null when each brings its own.</param>
    public GmailService NewService(GmailCall? upload = null) => new(new BaseClientService.Initializer
    {
        ApplicationName = "MailDaemon",
        BaseUri = baseUrl.AbsoluteUri,
        DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,

        // It would compress what is sent too. What comes is decompressed by the transport.
        GZipEnabled = false,
        HttpClientFactory = this,
        HttpClientInitializer = new Initializer(new GmailBearer(server, tokens, upload), new GmailRetry(quota, time, upload)),
        MaxUrlLength = 0,
        Serializer = NewSerializer(),
    });

    /// <summary>Parts within parts take two levels each, and mail nests them deeper than the usual 64 levels.</summary>
    private static NewtonsoftJsonSerializer NewSerializer()
    {
        var settings = NewtonsoftJsonSerializer.CreateDefaultSettings();
        settings.MaxDepth = MaxDepth;
        return new NewtonsoftJsonSerializer(settings);
    }

    /// <exception cref="MailException"><c>protocol_error</c>: the address is another server's.</exception>
    public void RequireOwn(Uri? address) => server.Require(address);

    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => new OneTry(transport, GmailLimits.Try, GmailLimits.ErrorBytes, MaxBytes, time);

    private static int? MaxBytes(HttpRequestMessage request) => GmailCall.Of(request) is { IsStreamed: true } ? null : GmailCall.Of(request)?.MaxBytes ?? GmailLimits.ReplyBytes;

    private sealed class Initializer(GmailBearer bearer, GmailRetry retry) : IConfigurableHttpClientInitializer
    {
        public void Initialize(ConfigurableHttpClient httpClient)
        {
            httpClient.Timeout = Timeout.InfiniteTimeSpan; // The call has a limit of its own, and so has each try.
            var handler = httpClient.MessageHandler;
            handler.NumTries = GmailLimits.Tries;
            handler.FollowRedirect = false;
            handler.IsLoggingEnabled = false;
            handler.AddExecuteInterceptor(bearer);
            handler.AddUnsuccessfulResponseHandler(bearer);
            handler.AddUnsuccessfulResponseHandler(retry);
            handler.AddExceptionHandler(retry);
        }
    }
}
