using System.Security.Cryptography;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// One sign-in from its link to its end: done, failed, expired or ended from elsewhere, whichever comes first. Thread-safe. Abstract, because of one a
/// browser comes back, and for the other the provider is asked.
/// </summary>
internal abstract partial class PendingSignIn : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ending = new();
    private readonly ILogger logger;
    private SignInState state;

    /// <param name="life">How long its owner has.</param>
    protected PendingSignIn(ProviderKind provider, string? hint, TimeSpan life, TimeProvider time, ILogger logger)
    {
        this.logger = logger;
        Life = life;
        state = new SignInState(provider, hint, time.GetUtcNow() + life, null, null);
    }

    /// <summary>What it is asked for by: 256 bits by chance.</summary>
    public string Word { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public SignInState State
    {
        get
        {
            lock (gate)
                return state;
        }
    }

    protected TimeSpan Life { get; }

    /// <summary>Ends what is under way when the sign-in is over.</summary>
    protected CancellationToken Ending => ending.Token;

    /// <summary>Ends it, if it has not ended yet, and all that waits for its owner.</summary>
    public async Task EndAsync(MailException why)
    {
        Fail(why);
        await CancelAsync();
        await DisposeAsync();
    }

    public abstract ValueTask DisposeAsync();

    protected Task CancelAsync() => ending.CancelAsync();

    /// <summary>Runs the last steps and keeps what came of them.</summary>
    /// <param name="limit">Of these steps.</param>
    /// <returns>Why it failed, or was ended before; null when it is done.</returns>
    protected async Task<MailException?> CompleteAsync(Func<CancellationToken, Task<AccountKey>> complete, TimeSpan limit)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        both.CancelAfter(limit);
        try
        {
            var account = await complete(both.Token);
            TryEnd(s => s with { Account = account });
            LogDone(account);
            return State.Failure;
        }
        catch (Exception e)
        {
            var why = e switch
            {
                MailException told => told,
                OperationCanceledException when ending.IsCancellationRequested => SignInFaults.Ended("it was stopped"),
                OperationCanceledException => new MailException(MailFault.Timeout, "server_timeout", "The sign-in was not completed in time. Begin a new one."),
                _ => new MailException(MailFault.Refused, "internal_error", "Something failed inside the daemon; its log says what. Begin a new sign-in."),
            };
            Fail(why);
            LogFailed(why.Code, e is MailException or OperationCanceledException ? null : e);
            return State.Failure ?? why;
        }
    }

    protected void Fail(MailException why) => TryEnd(s => s with { Failure = why });

    private void TryEnd(Func<SignInState, SignInState> end)
    {
        lock (gate)
        {
            if (state.IsPending)
                state = end(state);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Signed in {Account}")]
    private partial void LogDone(AccountKey account);

    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in failed: {Code}")]
    private partial void LogFailed(string code, Exception? exception);
}
