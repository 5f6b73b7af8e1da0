using System.Collections.Concurrent;
using MailDaemon.Engine.Messages;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Storage;

/// <summary>
/// Opens, migrates and owns one SQLite file in WAL mode: one writer behind a lock, a few read-only connections beside it, so that
/// reading never waits for writing. Thread-safe. Work given to it runs on the caller's thread and must not call back into it.
/// </summary>
public sealed partial class SqliteFile : IDisposable
{
    private const int MostReaders = 4;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(MostReaders, MostReaders);
    private readonly ConcurrentStack<SqliteReader> _idle = new();
    private readonly SqliteSchema _schema;
    private SqliteWriter _writer;
    private volatile bool _isDisposed;
    private volatile int _generation;

    private SqliteFile(string path, SqliteSchema schema, SqliteWriter writer)
    {
        Path = path;
        _schema = schema;
        _writer = writer;
    }

    public string Path { get; }

    /// <summary>Grows by one whenever the file was found damaged while in use and begun anew.</summary>
    public int Generation => _generation;

    /// <summary>Reads within one snapshot.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    /// <exception cref="MailException">Conflict <c>store_damaged</c>.</exception>
    public T Read<T>(Func<SqliteReader, T> work)
    {
        var generation = _generation;
        try
        {
            return ReadOnce(work);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            BeginAnew(generation, e);
            return ReadOnce(work);
        }
        catch (SqliteException e) when (IsLock(e))
        {
            throw Locked(Path, e);
        }
    }

    /// <summary>Writes in one transaction, after those that came before. Cancelling counts only until it begins.</summary>
    /// <inheritdoc cref="Read{T}" path="/exception"/>
    public async Task<T> WriteAsync<T>(Func<SqliteWriter, T> work, CancellationToken ct)
    {
        var generation = _generation;
        try
        {
            return await WriteOnceAsync(work, ct);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            BeginAnew(generation, e);
            return await WriteOnceAsync(work, ct);
        }
        catch (SqliteException e) when (IsLock(e))
        {
            throw Locked(Path, e);
        }
    }

    /// <inheritdoc cref="WriteAsync{T}(Func{SqliteWriter, T}, CancellationToken)"/>
    public Task WriteAsync(Action<SqliteWriter> work, CancellationToken ct) =>
        WriteAsync(
            writer =>
            {
                work(writer);
                return true;
            },
            ct);

    /// <summary>Waits for what runs, then closes; the log is folded into the file.</summary>
    public void Dispose()
    {
        LockAll();
        try
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            CloseAll();
        }
        finally
        {
            UnlockAll();
        }
    }

    private T ReadOnce<T>(Func<SqliteReader, T> work)
    {
        _reading.Wait();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_idle.TryPop(out var reader))
                reader = new SqliteReader(Connect(Path, _schema, isReader: true));
            return InSnapshot(reader, work);
        }
        finally
        {
            _reading.Release();
        }
    }

    private T InSnapshot<T>(SqliteReader reader, Func<SqliteReader, T> work)
    {
        var isSound = false;
        try
        {
            reader.Number("begin");
            var result = work(reader);
            reader.Number("commit");
            isSound = true;
            return result;
        }
        finally
        {
            // A connection whose work failed has an open snapshot: closing it is the plainest way to end that.
            if (isSound)
                _idle.Push(reader);
            else
                reader.Dispose();
        }
    }

    private async Task<T> WriteOnceAsync<T>(Func<SqliteWriter, T> work, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _writer.InTransaction(work);
        }
        finally
        {
            _writing.Release();
        }
    }

    private void BeginAnew(int seenGeneration, SqliteException cause)
    {
        if (!_schema.IsRebuildable)
            throw Damaged(Path, _schema, cause);
        LockAll();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_generation != seenGeneration)
                return;
            CloseAll();
            SetAside(Path);
            _writer = OpenWriter(Path, _schema, mayBeEmpty: true);
            _generation++;
        }
        finally
        {
            UnlockAll();
        }
    }

    private void CloseAll()
    {
        while (_idle.TryPop(out var reader))
            reader.Dispose();
        _writer.Dispose();
    }

    private void LockAll()
    {
        _writing.Wait();
        for (var i = 0; i < MostReaders; i++)
            _reading.Wait();
    }

    private void UnlockAll()
    {
        _reading.Release(MostReaders);
        _writing.Release();
    }
}
