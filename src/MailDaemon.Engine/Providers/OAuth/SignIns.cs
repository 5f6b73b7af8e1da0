using System.Collections.Immutable;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// The sign-ins that were begun since the daemon started: at most eight wait at once, and the last 64 are remembered. Thread-safe.
/// </summary>
public sealed class SignIns(LoopbackPeers peers, TimeProvider time, ILogger<SignIns> logger) : IAsyncDisposable
{
    private const int MaxPending = 8;
    private const int MaxKept = 64;

    private readonly Lock gate = new();
    private ImmutableList<PendingSignIn> all = [];

    /// <summary>How a sign-in stands.</summary>
    /// <param name="word">Its state.</param>
    /// <exception cref="MailException">NotFound <c>sign_in_not_found</c>.</exception>
    public SignInState Get(ProviderKind provider, string word) =>
        all.Find(s => string.Equals(s.Word, word, StringComparison.Ordinal))?.State is { } state && state.Provider == provider
            ? state
            : throw MailException.NotFound("sign_in_not_found", "There is no such sign-in: it was begun long ago, or before the daemon was started. Begin a new one.");

    /// <summary>Begins one whose browser comes back to this machine. Of more than eight that wait the oldest is ended: nobody came back to it.</summary>
    /// <param name="prepare">Takes the redirect URI, the state, and a token that ends with the sign-in.</param>
    internal async Task<SignInLink> BeginAsync(ProviderKind provider, string? hint, RedirectForm form, Func<string, string, CancellationToken, Task<SignInAttempt>> prepare)
    {
        var begun = await RedirectSignIn.BeginAsync(provider, hint, form, prepare, peers, time, logger);
        await AddAsync(begun);
        return begun.Link;
    }

    /// <summary>As <see cref="BeginAsync"/>, of a machine without a browser.</summary>
    internal async Task<DeviceSignInLink> BeginDeviceAsync(ProviderKind provider, string? hint, DeviceAttempt attempt)
    {
        var begun = new DeviceSignIn(provider, hint, attempt, time, logger);
        await AddAsync(begun);
        return begun.Link;
    }

    /// <summary>Ends those that are for a mailbox.</summary>
    internal async Task EndAsync(AccountKey account)
    {
        foreach (var one in all.Where(s => s.State is { IsPending: true, Hint: { } hint } state && new AccountKey(state.Provider, hint) == account))
            await one.EndAsync(SignInFaults.Ended("its account was removed"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in all)
            await one.EndAsync(SignInFaults.Ended("the daemon stops"));
    }

    private async Task AddAsync(PendingSignIn begun)
    {
        List<PendingSignIn> old;
        lock (gate)
        {
            all = all.Add(begun);
            var pending = all.FindAll(s => s.State.IsPending);
            old = [.. pending.Take(pending.Count - MaxPending), .. all.Take(all.Count - MaxKept)];
            all = all.RemoveRange(0, Math.Max(0, all.Count - MaxKept));
        }

        foreach (var one in old)
            await one.EndAsync(SignInFaults.Ended("others were begun after it"));
    }
}
