using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// The search file of an account and, while that holds too much of what is gone, the one that is filled to take its place. Opened when
/// first used. Thread-safe; one caller at a time fills.
/// </summary>
internal sealed class SearchIndex(AccountPaths paths) : IDisposable
{
    private readonly Lock _changing = new();
    private volatile SearchFile? _current;
    private volatile SearchFile? _next;
    private bool _isClosed;

    /// <summary>The file that answers.</summary>
    /// <exception cref="ObjectDisposedException">It was closed, together with the cache.</exception>
    public SearchFile Current => _current ?? OpenCurrent();

    /// <summary>The file that is being filled beside it; null when none is.</summary>
    public SearchFile? Next => _next;

    private string NextPath => paths.SearchDatabase + ".new";

    /// <summary>Runs on the file that answers, and again on the one that took its place in the middle of it.</summary>
    public T Read<T>(Func<SearchFile, T> work)
    {
        while (true)
        {
            var file = Current;
            try
            {
                return work(file);
            }
            catch (ObjectDisposedException) when (IsReplaced(file))
            {
            }
        }
    }

    /// <summary>Begins to fill a file in place of the current one.</summary>
    public SearchFile BeginNext()
    {
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            DeleteNext();
            return _next = new SearchFile(NextPath);
        }
    }

    /// <summary>
    /// Puts the filled file in the current one's place. Closing folds a file's log into it, so that one file is moved over one file; a
    /// crash before that leaves the old one as it was, and one after it the new one.
    /// </summary>
    /// <exception cref="IOException">Another program has one of them open; the old one stays.</exception>
    public void Swap()
    {
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_next is not { } next || _current is not { } current)
                return;
            next.Dispose();
            current.Dispose();
            _next = null;
            _current = null;
            if (HasLog(NextPath) || HasLog(paths.SearchDatabase))
                throw new IOException($"'{paths.SearchDatabase}' could not be replaced: another program has it open.");
            File.Move(NextPath, paths.SearchDatabase, overwrite: true);
        }
    }

    public void Dispose()
    {
        lock (_changing)
        {
            _isClosed = true;
            _next?.Dispose();
            _current?.Dispose();
        }
    }

    private SearchFile OpenCurrent()
    {
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_current is { } opened)
                return opened;

            // Begun before a crash: the garbage is still there and it is begun again.
            DeleteNext();
            return _current = new SearchFile(paths.SearchDatabase);
        }
    }

    private bool IsReplaced(SearchFile file)
    {
        lock (_changing)
            return !_isClosed && _current != file;
    }

    private void DeleteNext()
    {
        _next?.Dispose();
        _next = null;
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
            PrivateFiles.DeleteQuietly(NextPath + suffix);
    }

    private static bool HasLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
}
