using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using Microsoft.Identity.Client;
using AuthenticationResult = Microsoft.Identity.Client.AuthenticationResult;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>Sign-in by a code that the user enters elsewhere (RFC 8628). MSAL asks in the background from the beginning.</summary>
internal sealed class MsalDeviceFlow
{
    private const int MaxText = 2000;
    private static readonly TimeSpan MaxLife = TimeSpan.FromMinutes(30);

    private readonly MsalClient client;
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource<DeviceCodeResult> shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<AuthenticationResult> result;

    public MsalDeviceFlow(MsalClient client)
    {
        this.client = client;
        result = client.App.AcquireTokenWithDeviceCode(MicrosoftScopes.Asked, Show).ExecuteAsync(ending.Token);
        client.DisposeAfter(result);
    }

    /// <summary>What the user has to do, and how long there is for it.</summary>
    /// <exception cref="MailException">Refused: the answer is none that a user could follow.</exception>
    public async Task<(string UserCode, Uri Page, string Message, TimeSpan Life)> CodeAsync()
    {
        if (await Task.WhenAny(shown.Task, result) == result)
            await result;
        var code = await shown.Task;
        if (code.UserCode is not { Length: > 0 and <= MaxText } || !Uri.TryCreate(code.VerificationUrl, UriKind.Absolute, out var page) || page.Scheme is not ("https" or "http"))
            throw SignInAnswers.Odd("Microsoft", "gave no code that can be entered anywhere. Check Outlook:Authority, then try again.");

        // MSAL goes by the clock of the machine.
        var life = code.ExpiresOn - TimeProvider.System.GetUtcNow();
        var message = code.Message is { Length: > 0 and <= MaxText } given ? given : $"Open the page {page} and enter the code {code.UserCode}.";
        return (code.UserCode, page, message, TimeSpan.FromSeconds(Math.Clamp(life.TotalSeconds, 1, MaxLife.TotalSeconds)));
    }

    /// <summary>Waits for the user.</summary>
    public async Task<MicrosoftGrant> WaitAsync(CancellationToken ct)
    {
        await using var cancelling = ct.Register(End);
        return client.GrantOf(await result);
    }

    /// <summary>Asks no more.</summary>
    public void End() => ending.Cancel();

    private Task Show(DeviceCodeResult code)
    {
        shown.TrySetResult(code);
        return Task.CompletedTask;
    }
}
