using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>
/// Sorts out the answers of Google's identity platform that say nothing of a token, before Google's library reads them: it takes an error without
/// JSON, as proxies and overloaded servers send it, for a refusal.
/// </summary>
internal sealed class GoogleAnswers(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await SignInAnswers.SortAsync(await base.SendAsync(request, cancellationToken), "Google", "Gmail:TokenUrl", time.GetUtcNow(), cancellationToken);
}
