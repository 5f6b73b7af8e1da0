using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// One pass over one account: ask the server which folders changed, read what changed, and put each page with its cursor into the
/// cache in one transaction. A pass that dies at any point is repeated from the last page, nothing is lost or doubled.
/// </summary>
public sealed partial class AccountSync(MailCaches caches, MailProviders providers, ChangeQueue changes, LabelStore labels, TimeProvider time, ILogger<AccountSync> logger)
{
    /// <param name="report">Hears how far a long pass is.</param>
    /// <exception cref="MailException">The account as a whole could not be read; single folders fail by themselves and keep their error.</exception>
    public async Task<PassResult> RunAsync(Account account, PassScope scope, Action<SyncProgress> report, CancellationToken ct)
    {
        var cache = caches.Open(account.Key);
        var pass = new PassCounts(time.GetUtcNow());
        try
        {
            // What the server has not heard of comes first: else the pass would take it back in the cache.
            await changes.FlushAsync(account, ct);
            await ReadAsync(account, scope, cache, pass, report, ct);
        }
        catch (MailException e)
        {
            await cache.SavePassAsync(pass.Result(time.GetUtcNow(), e.Message), pass.Listed, CancellationToken.None);
            throw;
        }

        var result = pass.Result(time.GetUtcNow(), error: null);
        await cache.SavePassAsync(result, pass.Listed, ct);
        LogPass(account.Key, result.Added, result.Updated, result.Removed, (result.Finished - result.Started).TotalMilliseconds);
        return result;
    }

    private async Task ReadAsync(Account account, PassScope scope, MailCache cache, PassCounts pass, Action<SyncProgress> report, CancellationToken ct)
    {
        var provider = providers.For(account);
        var refused = cache.Refused().ToLookup(r => r.Folder, StringComparer.Ordinal);
        var due = Named(scope, cache, refused);
        if (due is null)
        {
            var asked = time.GetUtcNow();
            var state = await provider.ReadStateAsync(ct);
            pass.Add(await cache.SaveFoldersAsync(Folders(cache, state), account.Settings.Wants, ct));
            if (state.Labels is { } served)
            {
                await labels.TakeOverAsync(account.Key, ServedLabels.Of(account.Key, served), ct);
            }

            pass.Listed = asked;
            due = Due(account, scope, cache, provider, state, refused);
        }

        using var own = cache.WatchLocalChanges();
        await foreach (var delta in provider.ReadChangesAsync(due, ct))
        {
            await TakeAsync(delta, provider, cache, own, pass, report, ct);
        }

        foreach (var name in due.SelectMany(d => FoldersOf(cache, d.State.Scope)).Except(pass.Failed, StringComparer.Ordinal))
        {
            await cache.SaveFolderPassAsync(name, time.GetUtcNow(), failure: null, ct);
        }
    }

    /// <summary>The paths of the folders whose messages belong to a scope.</summary>
    private static IEnumerable<string> FoldersOf(MailCache cache, string scope) => scope.Length > 0 ? [scope] : cache.Folders().Select(f => f.Folder.Path);

    /// <summary>The scopes that the pass is for, if they are known ones: of those the server need not be asked first. Null for all others.</summary>
    private IReadOnlyList<ScopeRequest>? Named(PassScope scope, MailCache cache, ILookup<string, RefusedRow> refused)
    {
        var named = scope.Folders?.Select(name => Request(scope, cache, new ScopeState(name, Token: null), cache.Cursor(name), refused)).ToList();
        return named is not null && named.TrueForAll(n => n.Cursor is not null) ? named : null;
    }

    private ScopeRequest Request(PassScope pass, MailCache cache, ScopeState state, string? cursor, ILookup<string, RefusedRow> refused)
    {
        var folder = Folder(cache, state.Scope);
        var aside = refused[state.Scope].ToList();
        return new(state, cursor, folder?.Since, folder?.LastPass, (folder?.Total ?? 0) + aside.Count, (from, to, limit) => cache.Known(state.Scope, from, to, limit))
        {
            HeldIn = path => Folder(cache, path)?.Total ?? 0,
            LeftFolders = [.. cache.Folders().Where(f => f is { Total: > 0, Folder.IsSelectable: false }).Select(f => f.Folder.Path)],
            KnownByIds = ids => cache.Known(state.Scope, ids),
            Refused = [.. aside.Select(r => r.Id)],
            Retried = [.. aside.Where(r => pass.IsThorough || r.NextAttempt <= time.GetUtcNow()).Select(r => r.Id)],
        };
    }

    private static CachedFolder? Folder(MailCache cache, string path) => cache.Folders().FirstOrDefault(f => f.Folder.Path == path);

    private static IReadOnlyList<Folder> Folders(MailCache cache, ServerState state) => state.IsComplete
        ? state.Folders
        : [.. state.Folders, .. cache.Folders().Select(f => f.Folder).ExceptBy(state.Folders.Select(f => f.Path), f => f.Path, StringComparer.Ordinal)];

    /// <summary>The scopes that may have changed, the inbox first: it is what people look at. One that failed is left alone for a while.</summary>
    private IReadOnlyList<ScopeRequest> Due(Account account, PassScope pass, MailCache cache, IMailProvider provider, ServerState state, ILookup<string, RefusedRow> refused)
    {
        var folders = state.Folders.ToDictionary(f => f.Path, StringComparer.Ordinal);
        var cached = cache.Folders().ToDictionary(f => f.Folder.Path, StringComparer.Ordinal);
        var due = new List<(int Order, ScopeRequest Request)>();
        foreach (var scope in state.Scopes)
        {
            var folder = folders.GetValueOrDefault(scope.Scope);
            if (folder is not null && (!account.Settings.Wants(folder) || (!pass.IsThorough && cached.GetValueOrDefault(folder.Path)?.NotBefore > time.GetUtcNow())))
            {
                continue;
            }

            var request = Request(pass, cache, scope, cache.Cursor(scope.Scope), refused);
            if (request.Cursor is null || request.Retried.Count > 0 || !provider.IsCurrent(request.Cursor, scope, request.Held, pass.IsThorough))
            {
                due.Add((Order(folder), request));
            }
        }

        return [.. due.OrderBy(d => d.Order).Select(d => d.Request)];
    }

    private static int Order(Folder? folder) => folder?.Role switch
    {
        null or FolderRole.Inbox => 0,
        FolderRole.Sent or FolderRole.Drafts => 1,
        FolderRole.Other => 2,
        _ => 3,
    };

    private async Task TakeAsync(
        Delta delta, IMailProvider provider, MailCache cache, LocalChangeWatch own, PassCounts pass, Action<SyncProgress> report, CancellationToken ct)
    {
        if (delta.Failure is { } failure)
        {
            LogFolderFailed(cache.Account, failure.Code);
            var now = time.GetUtcNow();
            foreach (var folder in delta.FailedFolder is { } only ? [only] : FoldersOf(cache, delta.Scope))
            {
                pass.Failed.Add(folder);
                var failures = Folder(cache, folder)?.Failures + 1 ?? 1;
                await cache.SaveFolderPassAsync(
                    folder, now, new FolderFailure(failure.Message, now + Backoff.Delay(failure.Fault, failures, Random.Shared.NextDouble())), ct);
            }

            return;
        }

        using (await cache.EnterAsync(ct))
        {
            var applied = await cache.ApplyAsync(own.IsEmpty ? delta : await RereadAsync(delta, provider, cache, own, ct), ct);
            pass.Add(applied);
            await changes.ShowAsync(cache, applied.Updated, ct);
        }

        if (delta.Progress is { } progress)
        {
            report(pass.Progress(delta.Scope, progress));
        }
    }

    /// <summary>
    /// What our own actions changed since the pass began is read again: the page may be older than the change, and its cursor would never
    /// bring it back.
    /// </summary>
    private static async Task<Delta> RereadAsync(Delta delta, IMailProvider provider, MailCache cache, LocalChangeWatch own, CancellationToken ct)
    {
        if (delta.IsReset)
        {
            return delta;
        }

        var ids = delta.Changed.Select(c => c.RemoteId).Concat(delta.Added.Select(m => m.RemoteId)).ToList();
        var touched = cache.KeysOf(delta.Scope, ids).Where(row => own.Contains(row.Value)).Select(row => row.Key).ToList();
        if (touched.Count == 0)
        {
            return delta;
        }

        var now = (await provider.ReadMessagesAsync(delta.Scope, touched, delta.Next ?? cache.Cursor(delta.Scope), ct)).ToDictionary(m => m.RemoteId, StringComparer.Ordinal);
        return delta with
        {
            Added = [.. delta.Added.Select(m => now.TryGetValue(m.RemoteId, out var read) ? read with { IsBaseline = m.IsBaseline } : m)],
            Changed = [.. delta.Changed.Select(c => now.TryGetValue(c.RemoteId, out var read) ? new RemoteChange(c.RemoteId, read.Flags ?? c.Flags, read.NativeLabels, read.FolderPath) { ToldFlags = read.ToldFlags } : c)],
        };
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Pass over {Account}: {Added} added, {Updated} updated, {Removed} removed in {Milliseconds:0} ms")]
    private partial void LogPass(AccountKey account, int added, int updated, int removed, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A folder of {Account} could not be read: {Code}")]
    private partial void LogFolderFailed(AccountKey account, string code);

    private sealed class PassCounts(DateTimeOffset started)
    {
        private readonly Dictionary<string, SyncProgress> scopes = new(StringComparer.Ordinal);
        private int added;
        private int updated;
        private int removed;

        public HashSet<string> Failed { get; } = new(StringComparer.Ordinal);

        /// <summary>When the folders were asked for; null when they were not.</summary>
        public DateTimeOffset? Listed { get; set; }

        public void Add(AppliedDelta applied)
        {
            added += applied.Added.Count;
            updated += applied.Updated.Count;
            removed += applied.Removed.Count;
        }

        /// <summary>The progress of the whole account: the sum over the scopes that reported any.</summary>
        public SyncProgress Progress(string scope, SyncProgress progress)
        {
            scopes[scope] = progress;
            return new SyncProgress(scopes.Values.Sum(p => p.Done), scopes.Values.Sum(p => p.Total));
        }

        public PassResult Result(DateTimeOffset finished, string? error) => new(started, finished, added, updated, removed, error);
    }
}
