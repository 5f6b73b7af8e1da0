using System.Collections.Concurrent;
using System.Threading.Channels;

namespace MailDaemon.Engine.Cache;

/// <summary>Caches whose search index may be behind: each once, in turn. Thread-safe.</summary>
internal sealed class SearchQueue(TimeProvider time)
{
    /// <summary>An index that failed is left alone for so long, whatever changes.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly Channel<MailCache> _waiting = Channel.CreateUnbounded<MailCache>();
    private readonly ConcurrentDictionary<MailCache, bool> _isWaiting = new();
    private readonly ConcurrentDictionary<MailCache, long> _failed = new();

    public void Add(MailCache cache)
    {
        if (!_failed.ContainsKey(cache) && _isWaiting.TryAdd(cache, true))
            _waiting.Writer.TryWrite(cache);
    }

    /// <summary>Waits for one. What changes from now on puts it in again.</summary>
    public async Task<MailCache> NextAsync(CancellationToken ct)
    {
        var cache = await _waiting.Reader.ReadAsync(ct);
        _isWaiting.TryRemove(cache, out _);
        return cache;
    }

    public void AddFailed(MailCache cache) => _failed[cache] = time.GetTimestamp();

    /// <summary>Puts those in again that have rested.</summary>
    public void RetryFailed()
    {
        foreach (var (cache, since) in _failed)
        {
            if (time.GetElapsedTime(since) >= Rest && _failed.TryRemove(cache, out _))
                Add(cache);
        }
    }

    public void Forget(MailCache cache) => _failed.TryRemove(cache, out _);
}
