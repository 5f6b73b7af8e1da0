using System.Security.Claims;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Providers.OAuth;
using Microsoft.Extensions.Logging;
using Microsoft.Identity.Client;
using LogLevel = Microsoft.Identity.Client.LogLevel;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// MSAL for one mailbox and one operation: a sign-in, which begins with an empty cache, or a refresh, which begins with the stored one. What MSAL
/// keeps comes back in the grant and is kept by whoever keeps tokens. Every use of MSAL is in this folder's Msal… classes, so that its assembly
/// is loaded when the first of them is made.
/// </summary>
internal sealed partial class MsalClient : IMsalHttpClientFactory, IDisposable
{
    private readonly HttpClient http;
    private readonly ILogger logger;
    private byte[]? cache;

    /// <param name="pipeline">What connects; the client disposes of it.</param>
    /// <param name="cache">As an earlier grant gave it; null for an empty one.</param>
    /// <param name="redirectUri">Null where no browser comes back.</param>
    public MsalClient(string clientId, string authority, HttpMessageHandler pipeline, Secret? cache, string? redirectUri, ILogger logger)
    {
        this.logger = logger;
        this.cache = cache is null ? null : Convert.FromBase64String(cache.Reveal());

        // The pipeline has a limit of its own for each request.
        http = new HttpClient(pipeline) { Timeout = Timeout.InfiniteTimeSpan };
        var builder = PublicClientApplicationBuilder.Create(clientId)
            .WithAuthority(authority, validateAuthority: false)
            .WithInstanceDiscovery(enableInstanceDiscovery: false)
            .WithHttpClientFactory(this, retryOnceOn5xx: false)
            .WithLegacyCacheCompatibility(enableLegacyCacheCompatibility: false)
            .WithLogging(Log, LogLevel.Warning, enablePiiLogging: false);
        App = (redirectUri is null ? builder : builder.WithRedirectUri(redirectUri)).Build();
        App.UserTokenCache.SetBeforeAccess(access => access.TokenCache.DeserializeMsalV3(this.cache, shouldClearExistingCache: true));
        App.UserTokenCache.SetAfterAccess(Keep);
    }

    public IPublicClientApplication App { get; }

    public HttpClient GetHttpClient() => http;

    /// <summary>Another access token, whether or not the cache has a good one.</summary>
    /// <exception cref="MsalUiRequiredException">The owner has to sign in.</exception>
    public async Task<TokenGrant> RefreshAsync(CancellationToken ct)
    {
        var account = (await App.GetAccountsAsync()).FirstOrDefault();
        return GrantOf(await App.AcquireTokenSilent(MicrosoftScopes.Asked, account).WithForceRefresh(true).ExecuteAsync(ct)).Tokens;
    }

    public MicrosoftGrant GrantOf(AuthenticationResult result)
    {
        // MSAL goes by the clock of the machine.
        var life = result.ExpiresOn - TimeProvider.System.GetUtcNow();
        var tokens = new TokenGrant(new Secret(result.AccessToken), Clamp(life), cache is null ? null : new Secret(Convert.ToBase64String(cache)), [.. result.Scopes]);
        return new MicrosoftGrant(tokens, [.. Claims(result.ClaimsPrincipal, "email", "preferred_username")]);
    }

    public void Dispose() => http.Dispose();

    /// <summary>Of a flow that may end with nobody there: its failure is heard, and the client is disposed of.</summary>
    public void DisposeAfter(Task flow) => _ = flow.ContinueWith(
        ended =>
        {
            _ = ended.Exception;
            Dispose();
        },
        CancellationToken.None,
        TaskContinuationOptions.None,
        TaskScheduler.Default);

    private static TimeSpan Clamp(TimeSpan life) => TimeSpan.FromSeconds(Math.Clamp(life.TotalSeconds, 1, 86_400));

    private static IEnumerable<string> Claims(ClaimsPrincipal? user, params IEnumerable<string> names) =>
        names.Select(name => user?.FindFirst(name)?.Value).OfType<string>().Where(value => value.Contains('@', StringComparison.Ordinal));

    private void Keep(TokenCacheNotificationArgs access)
    {
        if (access.HasStateChanged)
            cache = access.TokenCache.SerializeMsalV3();
    }

    /// <summary>What fails comes back as an exception and is told by whoever catches it; a device code that waits warns at each poll.</summary>
    private void Log(LogLevel level, string message, bool containsPii)
    {
        if (level == LogLevel.Warning && !containsPii)
            LogWarning(message.Split('\n')[0].Trim());
    }

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Debug, Message = "MSAL: {Warning}")]
    private partial void LogWarning(string warning);
}
