using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensibility;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// Authorization code with PKCE, which MSAL does in one call: it gives the page away in the middle, and waits for what the browser comes back with.
/// In the place of its state stands ours, of which the daemon knows the sign-in again.
/// </summary>
internal sealed class MsalCodeFlow : ICustomWebUi
{
    private readonly MsalClient client;
    private readonly TaskCompletionSource<Uri> page = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> code = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<AuthenticationResult> result;

    /// <param name="ending">Ends it.</param>
    public MsalCodeFlow(MsalClient client, string? hint, CancellationToken ending)
    {
        this.client = client;
        var request = client.App.AcquireTokenInteractive(MicrosoftScopes.Asked)
            .WithCustomWebUi(this)
            .WithPrompt(hint is null ? Prompt.SelectAccount : Prompt.NoPrompt);
        result = (hint is null ? request : request.WithLoginHint(hint)).ExecuteAsync(ending);
        client.DisposeAfter(result);
    }

    /// <summary>The page to open, as MSAL made it, but for the state.</summary>
    public async Task<Uri> PageAsync(string state)
    {
        if (await Task.WhenAny(page.Task, result) == result)
            await result;
        var made = await page.Task;
        return new UriBuilder(made) { Query = string.Join('&', made.Query.TrimStart('?').Split('&').Select(field => IsState(field) ? $"state={Uri.EscapeDataString(state)}" : field)) }.Uri;
    }

    /// <summary>Takes the code that the browser came back with.</summary>
    public async Task<MicrosoftGrant> ExchangeAsync(string given, CancellationToken ct)
    {
        code.TrySetResult(given);
        return client.GrantOf(await result.WaitAsync(ct));
    }

    /// <summary>MSAL asks for the redirect.</summary>
    public async Task<Uri> AcquireAuthorizationCodeAsync(Uri authorizationUri, Uri redirectUri, CancellationToken cancellationToken)
    {
        page.TrySetResult(authorizationUri);
        var given = await code.Task.WaitAsync(cancellationToken);
        var state = Array.Find(authorizationUri.Query.TrimStart('?').Split('&'), IsState);
        return new Uri(redirectUri, $"?code={Uri.EscapeDataString(given)}&{state}");
    }

    private static bool IsState(string field) => field.StartsWith("state=", StringComparison.Ordinal);
}
