using System.Collections.Concurrent;

namespace MailDaemon.Engine.Providers;

/// <summary>Which messages we changed on the server of late: what it tells of changes may lag behind. Thread-safe.</summary>
internal sealed class OwnChanges(TimeProvider time)
{
    /// <summary>By then it has caught up.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(5);

    /// <summary>Messages that are remembered; above it the older ones are forgotten.</summary>
    private const int Max = 20_000;

    private readonly ConcurrentDictionary<string, long> changed = new(StringComparer.Ordinal);

    public void Add(IEnumerable<string> ids)
    {
        foreach (var id in ids)
            changed[id] = time.GetTimestamp();
        if (changed.Count <= Max)
            return;
        foreach (var (id, _) in changed.OrderBy(pair => pair.Value).Take(changed.Count - (Max / 2)))
            changed.TryRemove(id, out _);
    }

    public bool Contains(string id)
    {
        if (!changed.TryGetValue(id, out var at))
            return false;
        if (time.GetElapsedTime(at) < Lag)
            return true;
        changed.TryRemove(id, out _);
        return false;
    }
}
