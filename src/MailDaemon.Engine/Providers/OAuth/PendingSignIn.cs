using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// One sign-in from its link to its end. Its state (RFC 6749 §10.12) is good once and for 10 minutes; the listener stays 5 minutes longer, to tell a
/// browser that comes too late so. Thread-safe.
/// </summary>
internal sealed partial class PendingSignIn : IAsyncDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CompleteTimeout = TimeSpan.FromSeconds(90);

    private readonly Lock gate = new();
    private readonly LoopbackRedirect redirect;
    private readonly SignInAttempt attempt;
    private readonly ITimer timer;
    private readonly ILogger logger;
    private readonly CancellationTokenSource ending = new();
    private SignInState state;
    private bool isTaken;

    public PendingSignIn(ProviderKind provider, string? hint, Func<string, string, SignInAttempt> prepare, LoopbackPeers peers, TimeProvider time, ILogger logger)
    {
        this.logger = logger;
        Word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        redirect = new LoopbackRedirect(AnswerAsync, peers);
        attempt = prepare(redirect.Url, Word);
        state = new SignInState(provider, hint, time.GetUtcNow() + Life, null, null);
        timer = time.CreateTimer(_ => Expire(), null, Life, Grace);
        redirect.Start();
    }

    /// <summary>The state parameter: 256 bits by chance.</summary>
    public string Word { get; }

    public SignInLink Link => new(attempt.Page, Word, State.ExpiresAt);

    public SignInState State
    {
        get
        {
            lock (gate)
                return state;
        }
    }

    /// <summary>Ends it, if it has not ended yet, and closes its listener.</summary>
    public async Task EndAsync(MailException why)
    {
        TryEnd(s => s with { Failure = why });
        await ending.CancelAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await redirect.DisposeAsync();
    }

    private async Task<SignInPage> AnswerAsync(IReadOnlyDictionary<string, string> query, CancellationToken ct)
    {
        if (!IsMine(query.GetValueOrDefault("state")))
            return SignInPage.Unknown();
        lock (gate)
        {
            if (state.Failure is { } failure)
                return SignInPage.Failed(failure);
            if (isTaken)
                return SignInPage.UsedTwice();
            isTaken = true;
        }

        var page = await CompleteAsync(query);
        Close();
        return page;
    }

    private async Task<SignInPage> CompleteAsync(IReadOnlyDictionary<string, string> query)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        limit.CancelAfter(CompleteTimeout);
        try
        {
            var account = await attempt.CompleteAsync(CodeIn(query), limit.Token);
            TryEnd(s => s with { Account = account });
            LogDone(account);
            return SignInPage.Done(account.Email);
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
            TryEnd(s => s with { Failure = why });
            LogFailed(why.Code, e is MailException or OperationCanceledException ? null : e);
            return SignInPage.Failed(State.Failure ?? why);
        }
    }

    /// <exception cref="MailException">The redirect brought none (RFC 6749 §4.1.2.1).</exception>
    private static string CodeIn(IReadOnlyDictionary<string, string> query) => query switch
    {
        _ when query.GetValueOrDefault("error") is { } error => throw (error == "access_denied" ? SignInFaults.NotConsented() : SignInFaults.Refused(Plain(error))),
        _ when query.GetValueOrDefault("code") is { Length: > 0 } code => code,
        _ => throw SignInFaults.Refused("it sent no code"),
    };

    private static string Plain(string error) => error.Length <= 40 && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? error : "an unknown error";

    /// <summary>The first time: it is too late. The second: nobody is told so any more.</summary>
    private void Expire()
    {
        lock (gate)
        {
            if (isTaken)
                return;
            if (state.IsPending)
            {
                state = state with { Failure = SignInFaults.TimedOut() };
                return;
            }
        }

        Close();
    }

    private void Close()
    {
        timer.Dispose();
        redirect.Close();
    }

    private void TryEnd(Func<SignInState, SignInState> end)
    {
        lock (gate)
        {
            if (state.IsPending)
                state = end(state);
        }
    }

    private bool IsMine(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Word));

    [LoggerMessage(Level = LogLevel.Information, Message = "Signed in {Account}")]
    private partial void LogDone(AccountKey account);

    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in failed: {Code}")]
    private partial void LogFailed(string code, Exception? exception);
}
