using Microsoft.Identity.Client;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>Sign-in by a code that the user enters elsewhere (RFC 8628). MSAL asks in the background from the beginning.</summary>
internal sealed class MsalDeviceFlow
{
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
    public async Task<(string UserCode, Uri Page, string Message, TimeSpan Life)> CodeAsync()
    {
        if (await Task.WhenAny(shown.Task, result) == result)
            await result;
        var code = await shown.Task;

        // MSAL goes by the clock of the machine.
        var life = code.ExpiresOn - TimeProvider.System.GetUtcNow();
        return (code.UserCode, new Uri(code.VerificationUrl), code.Message, life < MaxLife ? life : MaxLife);
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
