namespace MailDaemon.Engine.Cache;

/// <summary>
/// Notes which messages our own actions change while it is open: what was read from the server before such a change is not to be stored
/// after it. Whoever asks has the turn (<see cref="MailCache.EnterAsync"/>). Dispose to end it.
/// </summary>
public sealed class LocalChangeWatch : IDisposable
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Action<LocalChangeWatch> _close;

    internal LocalChangeWatch(Action<LocalChangeWatch> close) => _close = close;

    public bool IsEmpty
    {
        get
        {
            lock (_keys)
                return _keys.Count == 0;
        }
    }

    public bool Contains(string key)
    {
        lock (_keys)
            return _keys.Contains(key);
    }

    public void Dispose() => _close(this);

    internal void Add(IEnumerable<string> keys)
    {
        lock (_keys)
            _keys.UnionWith(keys);
    }
}
