using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Listens to one account's server and starts a pass as soon as it reports a change.</summary>
internal sealed partial class PushWatcher(
    Account account, MailCaches caches, MailProviders providers, SyncPasses passes, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// After so long without a failure the next one counts as the first. A pass that went well does not count: a server that lets us in
    /// and drops us again would be called upon every few seconds for ever.
    /// </summary>
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(2);

    public async Task RunAsync(CancellationToken ct)
    {
        var failures = 0;
        PassScope? owed = null;
        var since = time.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (Folders().Count == 0)
                {
                    // Before the first pass nothing is known to listen to.
                    await passes.RunAsync(account.Key, ct);
                }

                // A change is told once: until a pass has seen to it, it is not waited for the next.
                owed ??= await providers.For(account).WaitForChangeAsync(Folders(), ct) is { } changed ? PassScope.Of(changed) : null;
                if (owed is null)
                {
                    return;
                }

                await passes.RunAfreshAsync(account.Key, owed, ct);
                owed = null;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                failures = time.GetElapsedTime(since) > Stable ? 1 : failures + 1;
                var fault = (e as MailException)?.Fault ?? MailFault.Refused;
                LogPushFailed(account.Key, (e as MailException)?.Code ?? e.GetType().Name);
                await Task.Delay(Backoff.Delay(fault, failures, Random.Shared.NextDouble()), time, ct)
                    .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                since = time.GetTimestamp();
            }
        }
    }

    /// <summary>Those that are read, the most recent first; the inbox before all.</summary>
    private IReadOnlyList<string> Folders() => [.. caches.Open(account.Key).FoldersByActivity().Where(account.Settings.Wants).Select(f => f.Path)];

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening to {Account} was interrupted: {Code}")]
    private partial void LogPushFailed(AccountKey account, string code);
}
