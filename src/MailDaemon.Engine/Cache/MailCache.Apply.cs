using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Threading;

namespace MailDaemon.Engine.Cache;

/// <summary>Writing: what a pass read, and what our own actions did.</summary>
public sealed partial class MailCache
{
    private const int ContentWriters = 2;

    /// <summary>So many new messages are stored at once, because somebody waits for them; more are the work of a first pass.</summary>
    private const int Few = 50;

    private ImmutableArray<LocalChangeWatch> _watches = [];

    /// <summary>
    /// Lets one at a time bring in what became of messages on the server. A pass enters for each page that it applies, a fetch from before
    /// it reads and an action from before it acts, until they have applied what came of it: what was read before another's change is
    /// thus never stored after it, where it would stay for ever. Leave by disposing.
    /// </summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        return new Turn(_turns);
    }

    /// <summary>
    /// Applies one page in one transaction: rows, cursor, and which messages await rules. Contents are on the disk before the rows name
    /// them. Applied twice, a page changes nothing.
    /// </summary>
    public async Task<AppliedDelta> ApplyAsync(Delta delta, CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            ThrowIfClosed();
            return delta.Added.Count <= Few
                ? await CommitAsync(delta, ct)
                : await QuietThreads.Bulk.RunAsync(() => CommitAsync(delta, ct), ct);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>After an action succeeded on the server. A key that is not there any more is passed over.</summary>
    public async Task<AppliedDelta> ApplyLocalAsync(IReadOnlyList<LocalChange> changes, CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            var applied = await CommitAsync(
                writer =>
                {
                    foreach (var change in changes)
                        writer.Apply(change);
                },
                ct);

            // A change that leaves the row as it was still tells that what a pass read before is old.
            foreach (var watch in _watches)
                watch.Add(changes.Select(change => change.Key).Concat(applied.Updated));
            return applied;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Begins to note what our own actions change; a pass does so before it reads.</summary>
    public LocalChangeWatch WatchLocalChanges()
    {
        var watch = new LocalChangeWatch(closed => ImmutableInterlocked.Update(ref _watches, watches => watches.Remove(closed)));
        ImmutableInterlocked.Update(ref _watches, watches => watches.Add(watch));
        return watch;
    }

    /// <summary>
    /// Takes over the server's list of folders; those that are gone lose their messages, which the result names. One that was renamed
    /// keeps them. Of a folder that was not there at the last listing, mail that arrived since is new.
    /// </summary>
    /// <param name="isWanted">Whether the account's settings want the folder read: when they want one later, all in it is old.</param>
    public async Task<AppliedDelta> SaveFoldersAsync(IReadOnlyList<Folder> folders, Predicate<Folder> isWanted, CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            var before = Folders();
            if (before.Select(folder => folder.Folder).SequenceEqual(folders, FolderComparer.Instance)
                && before.All(folder => folder.Since is null || isWanted(folder.Folder)))
                return AppliedDelta.Nothing;
            return await CommitAsync(
                writer =>
                {
                    var renamed = writer.RenameFolders(before, folders);
                    for (var i = 0; i < folders.Count; i++)
                        writer.PutFolder(folders[i], i, isWanted(folders[i]));
                    var paths = folders.Select(folder => folder.Path).ToHashSet(StringComparer.Ordinal);
                    foreach (var folder in before.Where(folder => !renamed.Contains(folder.Id) && !paths.Contains(folder.Folder.Path)))
                        writer.RemoveFolder(folder.Id, folder.Folder.Path);
                },
                ct,
                isChange: true);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>After we renamed folders on the server: they keep their messages and cursors, whether or not the server has ids of them.</summary>
    /// <param name="renamed">New paths by old ones.</param>
    public async Task<AppliedDelta> RenameFoldersAsync(IReadOnlyDictionary<string, string> renamed, CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            return await CommitAsync(writer => writer.RenameFolders(renamed), ct, isChange: true);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Replaces a content that was found missing or damaged. False when the message is not there any more.</summary>
    public async Task<bool> SaveContentAsync(string key, MessageContent content, CancellationToken ct)
    {
        await _applying.WaitAsync(ct);
        try
        {
            ThrowIfClosed();
            var hash = _contents.Save(content);
            var isKept = await WriteAsync(writer => new DeltaWriter(writer, Account, Now).SaveContent(key, hash), ct);
            if (isKept)
                MarkChanged();
            return isKept;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Notes that a folder was read to its end, or why it was not and until when it is left alone.</summary>
    public async Task SaveFolderPassAsync(string folderPath, DateTimeOffset at, FolderFailure? failure, CancellationToken ct)
    {
        await WriteAsync(
            writer => writer.Execute(
                """
                update folders set last_pass = case when ?3 is null then ?2 else last_pass end, error = ?3,
                    failures = case when ?3 is null then 0 else failures + 1 end, not_before = ?4
                where path = ?1
                """,
                folderPath,
                at.ToUnixTimeMilliseconds(),
                failure is null ? null : RowMapper.Clean(failure.Error),
                failure?.NotBefore.ToUnixTimeMilliseconds()),
            ct);
        MarkSynced();
    }

    /// <param name="listed">When the pass asked for the folders; null when it did not.</param>
    public async Task SavePassAsync(PassResult pass, DateTimeOffset? listed, CancellationToken ct)
    {
        await WriteAsync(
            writer => writer.Execute(
                """
                insert into passes (id, started, finished, added, updated, removed, error, listed) values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
                on conflict (id) do update set started = ?1, finished = ?2, added = ?3, updated = ?4, removed = ?5, error = ?6, listed = coalesce(?7, listed)
                """,
                pass.Started.ToUnixTimeMilliseconds(),
                pass.Finished.ToUnixTimeMilliseconds(),
                pass.Added,
                pass.Updated,
                pass.Removed,
                pass.Error is null ? null : RowMapper.Clean(pass.Error),
                listed?.ToUnixTimeMilliseconds()),
            ct);
        MarkSynced();
    }

    /// <summary>Rules were run on these, or need not be.</summary>
    public async Task MarkRulesDoneAsync(IReadOnlyList<string> keys, CancellationToken ct) => await WriteAsync(
        writer =>
        {
            var done = 0;
            foreach (var key in keys)
            {
                done += writer.Execute(
                    "update messages set awaits_rules = 0 where id = coalesce((select id from messages where key = ?1), (select message_id from aliases where key = ?1))",
                    key);
            }

            return done;
        },
        ct);

    private Task<AppliedDelta> CommitAsync(Delta delta, CancellationToken ct)
    {
        var added = Prepare(delta.Added, ct);
        return CommitAsync(writer => writer.Apply(delta, added), ct);
    }

    private async Task<AppliedDelta> CommitAsync(Action<DeltaWriter> work, CancellationToken ct, bool isChange = false)
    {
        var (result, unused, isCursorMoved) = await WriteAsync(
            transaction =>
            {
                var writer = new DeltaWriter(transaction, Account, Now);
                work(writer);
                return (writer.Result(), writer.UnusedContents(), writer.IsCursorMoved || writer.IsRefusalChanged);
            },
            ct);
        if (result.Added.Count > 0)
            LearnServer();
        if (isChange || !result.IsEmpty)
            MarkChanged();
        else if (isCursorMoved)
            MarkSynced();
        foreach (var content in unused)
            _contents.Delete(content);
        Tell(result);
        return result;
    }

    private void Tell(AppliedDelta applied)
    {
        foreach (var item in applied.Added.Where(item => !applied.Old.Contains(item.Key)))
            _events.Publish(EventTypes.MessageAdded, Account, item.Key);
        foreach (var key in applied.Updated)
            _events.Publish(EventTypes.MessageUpdated, Account, key);
        foreach (var key in applied.Removed)
            _events.Publish(EventTypes.MessageRemoved, Account, key);
    }

    private PreparedMessage[] Prepare(IReadOnlyList<RemoteMessage> messages, CancellationToken ct)
    {
        var prepared = new PreparedMessage[messages.Count];
        try
        {
            Parallel.For(
                0,
                messages.Count,
                new ParallelOptions { MaxDegreeOfParallelism = ContentWriters, TaskScheduler = TaskScheduler.Current, CancellationToken = ct },
                i => prepared[i] = PreparedMessage.From(Account, messages[i], _contents));
        }
        catch (AggregateException e)
        {
            // Both writers meet the same full disk: the caller wants that, not how many met it.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return prepared;
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }

    /// <summary>Folders by value, their flags included.</summary>
    private sealed class FolderComparer : IEqualityComparer<Folder>
    {
        public static readonly FolderComparer Instance = new();

        public bool Equals(Folder? x, Folder? y) => x is not null && y is not null && x with { Flags = [] } == y with { Flags = [] } && x.Flags.SequenceEqual(y.Flags, StringComparer.Ordinal);

        public int GetHashCode(Folder obj) => StringComparer.Ordinal.GetHashCode(obj.Path);
    }
}
