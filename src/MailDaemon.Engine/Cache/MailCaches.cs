using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Cache;

/// <summary>The caches of all accounts, one instance each, opened when first asked for. Thread-safe.</summary>
/// <param name="publishedItems">How many of an account's newest messages <c>index.json</c> holds.</param>
/// <param name="accounts">Whose settings name their servers; null: none does.</param>
public sealed class MailCaches(DataPaths paths, TimeProvider time, EventHub events, int publishedItems = MailCaches.DefaultPublishedItems, AccountStore? accounts = null) : IAsyncDisposable
{
    public const int DefaultPublishedItems = 5_000;

    private readonly ConcurrentDictionary<AccountKey, Lazy<MailCache>> _caches = new();

    /// <summary>Caches whose search index may be behind.</summary>
    internal SearchQueue ToIndex { get; } = new(time);

    /// <summary>Opens or creates. A damaged index is set aside and begun anew.</summary>
    /// <exception cref="MailException">Conflict <c>schema_too_new</c> or <c>unsafe_path</c>.</exception>
    public MailCache Open(AccountKey account)
    {
        var opening = _caches.GetOrAdd(account, key => new Lazy<MailCache>(() => Create(key)));
        try
        {
            return opening.Value;
        }
        catch
        {
            // The next caller tries again.
            _caches.TryRemove(new KeyValuePair<AccountKey, Lazy<MailCache>>(account, opening));
            throw;
        }
    }

    /// <summary>Closes an account's cache, whoever still uses it, and deletes its folder unless <paramref name="keepFiles"/>.</summary>
    public async Task RemoveAsync(AccountKey account, bool keepFiles, CancellationToken ct)
    {
        if (_caches.TryRemove(account, out var opened) && opened.IsValueCreated)
            await opened.Value.CloseAsync(ct);
        var folder = paths.Account(account).Directory;
        if (keepFiles || !Directory.Exists(folder))
            return;
        paths.RefuseLinks(folder);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// One step of the work beside the passes, for every open cache: publish what is due, sweep a little. What fails for one account does
    /// not keep it from the others.
    /// </summary>
    /// <exception cref="AggregateException">What failed, once all had their turn.</exception>
    public async Task TendAsync(CancellationToken ct)
    {
        ToIndex.RetryFailed();
        var faults = new List<Exception>();
        foreach (var cache in Opened())
        {
            try
            {
                await cache.PublishAsync(ct);
                await cache.SweepNextAsync(ct);
            }
            catch (MailException e) when (e.Fault == MailFault.NotFound)
            {
                // Removed meanwhile.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                faults.Add(e);
            }
        }

        if (faults.Count > 0)
            throw new AggregateException(faults);
    }

    /// <summary>Publishes what is left to publish and closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var cache in Opened())
        {
            try
            {
                await cache.PublishAsync(isLast: true, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or MailException)
            {
                // The published files can be lost; closing the databases cannot wait for a full disk.
            }

            cache.Dispose();
        }

        _caches.Clear();
    }

    private MailCache Create(AccountKey account)
    {
        var cache = new MailCache(account, paths.CreateAccount(account), time, events, publishedItems, ToIndex, () => accounts?.Find(account)?.Settings.AuthservId);
        ToIndex.Add(cache);
        return cache;
    }

    private MailCache[] Opened() => [.. _caches.Values.Where(opened => opened.IsValueCreated).Select(opened => opened.Value)];
}
