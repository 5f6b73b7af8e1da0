using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// A sign-in whose user enters a code on another machine (RFC 8628). The provider is asked in the background until the user is done, says no, or
/// the code is too old. Thread-safe.
/// </summary>
internal sealed class DeviceSignIn : PendingSignIn
{
    /// <summary>For what is to be done once the user is there.</summary>
    private static readonly TimeSpan CompleteTimeout = TimeSpan.FromSeconds(90);

    private readonly DeviceAttempt attempt;
    private readonly ITimer timer;
    private readonly Task running;

    public DeviceSignIn(ProviderKind provider, string? hint, DeviceAttempt attempt, TimeProvider time, ILogger logger)
        : base(provider, hint, attempt.Life, time, logger)
    {
        this.attempt = attempt;
        timer = time.CreateTimer(_ => Expire(), null, attempt.Life, Timeout.InfiniteTimeSpan);
        running = Task.Run(() => CompleteAsync(attempt.CompleteAsync, attempt.Life + CompleteTimeout));
    }

    public DeviceSignInLink Link => new(attempt.UserCode, attempt.Page, attempt.Message, Word, State.ExpiresAt);

    public override async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Expire()
    {
        Fail(SignInFaults.TimedOut(Life));
        _ = CancelAsync();
    }
}
