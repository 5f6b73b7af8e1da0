using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// Sends what MSAL sends, to the configured address only, and sorts out what says nothing of a token before MSAL reads it: MSAL would remember an
/// overloaded server for a minute by a clock of its own, in the whole process.
/// </summary>
/// <param name="inner">With its limits of time and size.</param>
internal sealed class MicrosoftAnswers(HttpMessageHandler inner, MicrosoftAddresses addresses, TimeProvider time) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = addresses.Real(request.RequestUri!);
        return await SignInAnswers.SortAsync(await AnswerAsync(request, cancellationToken), "Microsoft", "Outlook:Authority", time.GetUtcNow(), cancellationToken);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await base.SendAsync(request, ct);
        }
        catch (Exception e) when (NetworkFaults.Translate(e, "Microsoft's sign-in service") is { } fault)
        {
            throw fault;
        }
    }
}
