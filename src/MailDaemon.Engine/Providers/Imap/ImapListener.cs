using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>
/// Hears from the server what changes: in all folders over one connection where it can tell (NOTIFY, RFC 5465), else by IDLE (RFC 2177)
/// on one connection a folder; where it can do neither, it is asked for its counts at intervals.
/// </summary>
internal sealed class ImapListener(Account account, ImapConnector connector, MailboxNames names, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Folders that are listened to by IDLE. With those that work that makes five connections, and servers allow from five on.</summary>
    private const int MostIdling = 2;

    /// <summary>Servers end an IDLE after 30 minutes; many routers forget a silent connection much earlier.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(9);

    /// <summary>After a server dropped a connection that is only good to have.</summary>
    private static readonly TimeSpan WithoutSpares = TimeSpan.FromHours(1);

    /// <summary>
    /// QUIRK: Dovecot 2.3 may say nothing of what changes in the milliseconds in which IDLE begins: rarely of new mail, and of a name that
    /// changes as it does for the name before, and of none after that. After so long all is looked at once more; for names IDLE begins
    /// again, too.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim waiting = new(1);
    private readonly List<Watch> watches = [];
    private CancellationTokenSource session = new();
    private long? droppedSpare;

    /// <summary>When all is looked at once more after listening began; null when that is done.</summary>
    private DateTimeOffset? settlesAt;

    /// <summary>Waits for a change; returns at once when it begins to listen, because nobody heard what came before.</summary>
    /// <param name="folders">What is to be listened to, what matters most first.</param>
    /// <returns>The folders that changed, none when it may be any; null when the timer's passes see all there is to hear.</returns>
    public async Task<IReadOnlyCollection<string>?> WaitAsync(IReadOnlyList<string> folders, CancellationToken ct)
    {
        await waiting.WaitAsync(ct);
        try
        {
            if (watches.Count == 0)
            {
                return await BeginAsync(folders, ct) ? [] : null;
            }

            while (true)
            {
                session.Token.ThrowIfCancellationRequested();
                if (await NextAsync(ct) is not { } told)
                {
                    return [];
                }

                var changed = told.Intersect(folders, StringComparer.Ordinal).ToList();
                if (changed.Count > 0)
                {
                    return changed;
                }
            }
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault)
        {
            await StopAsync();
            throw fault;
        }
        finally
        {
            waiting.Release();
        }
    }

    /// <summary>
    /// Reads on the connection that has this folder open and has told what changed, while nobody listens on it: what another connection
    /// would have to look for, going through the whole folder, this one knows.
    /// </summary>
    /// <returns>Null when there is none, or it failed.</returns>
    public async Task<T?> TryReadAsync<T>(string folder, Func<ImapClient, Task<T?>> read, CancellationToken ct)
        where T : class
    {
        if (!await waiting.WaitAsync(TimeSpan.Zero, ct))
        {
            return null;
        }

        try
        {
            var watch = watches.Find(w => w is { Next: null, Client: { IsUsable: true, Selected: { } open } } && open.Name == folder);
            return watch is null ? null : await read(watch.Client);
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is not null)
        {
            // Listening will fail on it too, and begin anew; what was to be read is read elsewhere.
            return null;
        }
        finally
        {
            waiting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await session.CancelAsync();
        await waiting.WaitAsync();
        await StopAsync();
        session.Dispose();
    }

    /// <returns>The folders that changed; null when it may be any.</returns>
    private async Task<IReadOnlyCollection<string>?> NextAsync(CancellationToken ct)
    {
        foreach (var watch in watches.Where(w => w.Next is null))
        {
            watch.Next = watch.ListenAsync(session.Token);
            if (watch.Client.Selected is not null)
            {
                settlesAt = time.GetUtcNow() + Settling;
            }
        }

        var heard = Task.WhenAny(watches.Select(w => w.Next!));
        if (settlesAt is { } at && !await IsHeardBeforeAsync(heard, at, ct))
        {
            settlesAt = null;
            return null;
        }

        var next = await heard.WaitAsync(ct);
        var told = watches.Find(w => w.Next == next)!;
        told.Next = null;
        try
        {
            return await next;
        }
        catch (Exception e) when (told != watches[0] && ImapFaults.Translate(e, account) is not null)
        {
            // The server may take it for one too many: the inbox is more important, and the timer's passes see the rest.
            droppedSpare = time.GetTimestamp();
            watches.Remove(told);
            await told.Client.DisposeAsync();
            return [];
        }
    }

    private async Task<bool> IsHeardBeforeAsync(Task heard, DateTimeOffset at, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var wait = at - time.GetUtcNow();
        var first = await Task.WhenAny(heard, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, timer.Token));
        await timer.CancelAsync();
        ct.ThrowIfCancellationRequested();
        return first == heard;
    }

    /// <returns>Whether there is anything to listen to.</returns>
    private async Task<bool> BeginAsync(IReadOnlyList<string> folders, CancellationToken ct)
    {
        await StopAsync();
        session.Dispose();
        session = new CancellationTokenSource();
        if (Quirks.NoIdle)
        {
            return !IsAskedInTime && await AddAsync(client => Task.FromResult(Asking(client, folders)), ct);
        }

        await AddAsync(client => FirstAsync(client, folders, ct), ct);
        var isIdling = watches.Exists(w => w.Client is { Selected: not null, IsNotifying: false });
        if (isIdling && (droppedSpare is null || time.GetElapsedTime(droppedSpare.Value) > WithoutSpares))
        {
            await AddSparesAsync(folders, ct);
        }

        return watches.Count > 0;
    }

    /// <summary>How the first connection listens, by what its server can do.</summary>
    private async Task<Listening?> FirstAsync(ImapClient client, IReadOnlyList<string> folders, CancellationToken ct)
    {
        if (!client.Capabilities.Has("IDLE"))
        {
            return IsAskedInTime ? null : Asking(client, folders);
        }

        var inbox = folders.FirstOrDefault(ImapFolders.IsInbox) ?? "INBOX";
        await client.SelectAsync(inbox, new SelectOptions { ReadOnly = true }, ct);
        return client.Capabilities.Has("NOTIFY") && await TryNotifyAsync(client, ct) ? Notified(client) : Idling(client, inbox);
    }

    private async Task AddSparesAsync(IReadOnlyList<string> folders, CancellationToken ct)
    {
        try
        {
            foreach (var folder in folders.Where(f => !ImapFolders.IsInbox(f)).Take(MostIdling - 1))
            {
                await AddAsync(
                    async client =>
                    {
                        await client.SelectAsync(folder, new SelectOptions { ReadOnly = true }, ct);
                        return Idling(client, folder);
                    },
                    ct);
            }
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is not null)
        {
            // Good to have, no more: the server allows fewer connections, or the folder went.
            droppedSpare = time.GetTimestamp();
        }
    }

    /// <summary>Opens one more connection, unless there turns out to be nothing to listen to on it.</summary>
    private async Task<bool> AddAsync(Func<ImapClient, Task<Listening?>> prepare, CancellationToken ct)
    {
        var client = await connector.OpenImapAsync(account, names, ct);
        try
        {
            if (!names.AreLearnt)
            {
                await ImapConnections.LearnNamesAsync(client, ct);
            }

            if (await prepare(client) is { } listen)
            {
                watches.Add(new Watch(client, listen));
                return true;
            }
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }

        await client.DisposeAsync();
        return false;
    }

    private async Task StopAsync()
    {
        await session.CancelAsync();
        foreach (var watch in watches)
        {
            if (watch.Next is { } next)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await watch.Client.DisposeAsync();
        }

        watches.Clear();
    }

    /// <summary>Servers refuse what is too much for them, as the RFC lets them.</summary>
    private static async Task<bool> TryNotifyAsync(ImapClient client, CancellationToken ct)
    {
        try
        {
            await client.NotifyAsync(new NotifyRequest(), ct);
            return true;
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.Bad)
        {
            return false;
        }
    }

    private Listening Idling(ImapClient client, string folder) => async ct =>
    {
        var told = await client.IdleAsync(RenewalTime, ct);
        client.TakeUpdates();
        return told.End == IdleEnd.Changed ? [folder] : [];
    };

    private Listening Notified(ImapClient client)
    {
        var areNamesSettled = true;
        return async ct =>
        {
            var told = await client.IdleAsync(areNamesSettled ? RenewalTime : Settling, ct);
            client.TakeUpdates();
            if (told.NotifyOverflowed)
            {
                throw new MailException(MailFault.Refused, "notify_overflow", "The server could not tell all that changed. It is asked anew.");
            }

            var isSecondLook = !areNamesSettled && told.End == IdleEnd.Expired;
            areNamesSettled = !told.HasNameChanges && (areNamesSettled || isSecondLook);
            return told.HasNameChanges || isSecondLook ? null : told.Mailboxes;
        };
    }

    /// <summary>NOOP keeps no connection open at some servers; STATUS does, and tells what is new.</summary>
    private Listening? Asking(ImapClient client, IReadOnlyList<string> folders)
    {
        Dictionary<string, MailboxStatus>? before = null;
        return async ct =>
        {
            if (before is not null)
            {
                await Task.Delay(AskingInterval, time, ct);
            }

            var now = (await client.StatusAsync(folders, ct)).ToDictionary(s => s.Mailbox, StringComparer.Ordinal);
            var changed = before is null ? [] : now.Values.Where(s => s != before.GetValueOrDefault(s.Mailbox)).Select(s => s.Mailbox).ToList();
            before = now;
            return changed;
        };
    }

    private TimeSpan AskingInterval => TimeSpan.FromSeconds(Quirks.StatusKeepAliveSeconds ?? 55);

    /// <summary>The timer's passes ask as often.</summary>
    private bool IsAskedInTime => account.Settings.SyncInterval <= AskingInterval.TotalSeconds;

    private TimeSpan RenewalTime => Quirks.IdleRenewalSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Renewal;

    private ServerQuirks Quirks => account.Preset?.Quirks ?? ServerQuirks.None;

    /// <summary>Listens until something is told, or for a while.</summary>
    /// <returns>The folders that changed; null when folders were made, renamed or deleted, and it may be any.</returns>
    private delegate Task<IReadOnlyCollection<string>?> Listening(CancellationToken ct);

    private sealed class Watch(ImapClient client, Listening listen)
    {
        public ImapClient Client { get; } = client;

        public Listening ListenAsync { get; } = listen;

        /// <summary>What is being listened for; it goes on while the caller sees to what was told.</summary>
        public Task<IReadOnlyCollection<string>?>? Next { get; set; }
    }
}
