using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// A sign-in whose browser comes back to this machine. Its state (RFC 6749 §10.12) is good once and for 10 minutes; the listener stays 5 minutes longer,
/// to tell a browser that comes too late so. Thread-safe.
/// </summary>
internal sealed class RedirectSignIn : PendingSignIn
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CompleteTimeout = TimeSpan.FromSeconds(90);

    private readonly Lock gate = new();
    private readonly LoopbackRedirect redirect;
    private SignInAttempt? attempt;
    private ITimer? timer;
    private bool isTaken;

    private RedirectSignIn(ProviderKind provider, string? hint, RedirectForm form, LoopbackPeers peers, TimeProvider time, ILogger logger)
        : base(provider, hint, Patience, time, logger) => redirect = new LoopbackRedirect(form, AnswerAsync, peers);

    public SignInLink Link => new(attempt!.Page, Word, State.ExpiresAt);

    /// <param name="prepare">Takes the redirect URI, the state, and a token that ends with the sign-in.</param>
    public static async Task<RedirectSignIn> BeginAsync(
        ProviderKind provider, string? hint, RedirectForm form, Func<string, string, CancellationToken, Task<SignInAttempt>> prepare, LoopbackPeers peers, TimeProvider time, ILogger logger)
    {
        var begun = new RedirectSignIn(provider, hint, form, peers, time, logger);
        try
        {
            begun.attempt = await prepare(begun.redirect.Url, begun.Word, begun.Ending);
        }
        catch
        {
            await begun.DisposeAsync();
            throw;
        }

        begun.timer = time.CreateTimer(_ => begun.Expire(), null, Patience, Grace);
        begun.redirect.Start();
        return begun;
    }

    public override async ValueTask DisposeAsync()
    {
        if (timer is not null)
            await timer.DisposeAsync();
        await CancelAsync();
        await redirect.DisposeAsync();
    }

    private async Task<SignInPage> AnswerAsync(IReadOnlyDictionary<string, string> query, CancellationToken ct)
    {
        if (!IsMine(query.GetValueOrDefault("state")))
            return SignInPage.Unknown();
        lock (gate)
        {
            if (State.Failure is { } failure)
                return SignInPage.Failed(failure);
            if (isTaken)
                return SignInPage.UsedTwice();
            isTaken = true;
        }

        var page = await CompleteAsync(token => attempt!.CompleteAsync(CodeIn(query), token), CompleteTimeout) is { } why
            ? SignInPage.Failed(why)
            : SignInPage.Done(State.Account!.Email);
        await CloseAsync();
        return page;
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
            if (State.IsPending)
            {
                Fail(SignInFaults.TimedOut(Life));
                return;
            }
        }

        _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        timer?.Dispose();
        redirect.Close();
        await CancelAsync();
    }

    private bool IsMine(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Word));
}
