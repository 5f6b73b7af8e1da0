using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>How far old mail is on its way into the CRM.</summary>
/// <param name="State"><c>running, done</c> or <c>failed</c>.</param>
/// <param name="Total">Messages to be looked at.</param>
/// <param name="Done">Messages looked at.</param>
/// <param name="Queued">Those of which a record is made; of a dry run, would be.</param>
/// <param name="Known">Those of which there was a record.</param>
/// <param name="Skipped">Those that become none.</param>
public sealed record BackfillState(string State, bool IsDryRun, int Total, int Done, int Queued, int Known, int Skipped, DateTimeOffset StartedAt)
{
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The stable word of what ended it before its time; null when nothing did.</summary>
    public string? Error { get; init; }
}

/// <summary>Makes records of the mail that is there. Those wait for their turn like all others. One run an account at a time; a restart ends it. Thread-safe.</summary>
public sealed class TrailBackfill(MailTrails mails, TrailStore trails, OkkiSettings settings, SqliteFile store, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<AccountKey, (BackfillState State, Task Task)> runs = [];

    /// <summary>Begins, or joins what runs for the account.</summary>
    /// <exception cref="MailException">Conflict <c>okki_not_configured</c>.</exception>
    public BackfillState Begin(Account account, MailCache cache, DateTimeOffset? since, bool isDryRun)
    {
        settings.RequireConfigured();
        lock (runs)
        {
            if (runs.TryGetValue(account.Key, out var run) && !run.Task.IsCompleted)
                return run.State;
            var state = new BackfillState("running", isDryRun, 0, 0, 0, 0, 0, time.GetUtcNow());
            runs[account.Key] = (state, Task.Run(() => RunAsync(account, cache, since, state, stopping.Token)));
            return state;
        }
    }

    /// <exception cref="MailException">NotFound <c>backfill_not_found</c>.</exception>
    public BackfillState State(AccountKey account)
    {
        lock (runs)
            return runs.TryGetValue(account, out var run) ? run.State : throw MailException.NotFound("backfill_not_found", "No backfill was begun for this account since the daemon was started.");
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(runs.Values.Select(run => run.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task RunAsync(Account account, MailCache cache, DateTimeOffset? since, BackfillState state, CancellationToken ct)
    {
        try
        {
            var keys = MailReading.All(cache, new MessageQuery { Since = since }).Select(item => item.Key).ToList();
            state = state with { Total = keys.Count };
            foreach (var key in keys)
            {
                ct.ThrowIfCancellationRequested();
                state = await OneAsync(account, cache, key, state, ct);
                Save(account.Key, state);
            }

            Save(account.Key, state with { State = "done", FinishedAt = time.GetUtcNow() });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Save(account.Key, state with { State = "failed", FinishedAt = time.GetUtcNow(), Error = (e as MailException)?.Code ?? "internal_error" });
        }
    }

    private async Task<BackfillState> OneAsync(Account account, MailCache cache, string key, BackfillState state, CancellationToken ct)
    {
        var done = state with { Done = state.Done + 1 };
        if (cache.ReadDetail(key, BodyOptions.AsSent) is not { } detail || mails.Refusal(detail) is not null)
            return done with { Skipped = done.Skipped + 1 };
        if (trails.Has(Trail.Email, MailTrails.Uid(detail)))
            return done with { Known = done.Known + 1 };
        if (!state.IsDryRun)
        {
            await store.WriteAsync(writer => mails.Post(writer, detail, account.Key, new TrailOptions()), ct);
            mails.Wake();
        }

        return done with { Queued = done.Queued + 1 };
    }

    private void Save(AccountKey account, BackfillState state)
    {
        lock (runs)
            runs[account] = (state, runs[account].Task);
    }
}
