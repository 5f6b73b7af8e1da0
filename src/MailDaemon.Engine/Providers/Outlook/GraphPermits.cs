using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// Keeps the requests to one mailbox to four at once. A batch holds as many permits as Graph runs of it at once: four, and fewer when it has
/// fewer parts. A single request, which is what a person waits for, goes before batches; a batch that has waited for two seconds gets the
/// next permits, but after each batch up to four single requests go first. While the server asks to wait nobody goes. Thread-safe.
/// </summary>
internal sealed class GraphPermits(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan BatchTurn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> singles = [];
    private readonly LinkedList<Waiter> batches = [];
    private readonly long start = time.GetTimestamp();
    private int free = GraphLimits.AtOnce;
    private int singlesSinceBatch = GraphLimits.AtOnce;
    private TimeSpan pausedUntil;
    private ITimer? timer;
    private bool isDisposed;

    private TimeSpan Now => time.GetElapsedTime(start);

    /// <summary>Returns when so many requests may go at once.</summary>
    /// <param name="count">From 1 to 4: 1 for a single request.</param>
    /// <param name="atMost">How long to wait.</param>
    /// <exception cref="MailException"><c>rate_limited</c>: it would take, or took, longer.</exception>
    public async Task<GraphPermit> TakeAsync(int count, TimeSpan atMost, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, GraphLimits.AtOnce);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ct.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (pausedUntil - Now is var pause && pause > TimeSpan.Zero && pause >= atMost)
                throw GraphFaults.RateLimited(pause);
            waiter = new Waiter(count, Now);
            waiter.Node = QueueOf(waiter).AddLast(waiter);
            Advance();
        }

        if (waiter.Granted.Task.IsCompletedSuccessfully)
            return await waiter.Granted.Task;
        using var limit = new TimeLimit(atMost > LeastWait ? atMost : LeastWait, time, ct);
        await using (limit.Token.UnsafeRegister(_ => Cancel(waiter, limit.Token), null))
        {
            try
            {
                return await waiter.Granted.Task;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw GraphFaults.RateLimited(null);
            }
        }
    }

    /// <summary>The server asks to wait: no request goes until then.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (gate)
        {
            wait = wait < RetryDelay.MaxRetryAfter ? wait : RetryDelay.MaxRetryAfter;
            if (Now + wait > pausedUntil)
                pausedUntil = Now + wait;
            Advance();
        }
    }

    public void Return(int count)
    {
        lock (gate)
        {
            free += count;
            Advance();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer?.Dispose();
            timer = null;
            foreach (var waiter in singles.Concat(batches))
                waiter.Granted.TrySetException(new ObjectDisposedException(nameof(GraphPermits)));
            singles.Clear();
            batches.Clear();
        }
    }

    private LinkedList<Waiter> QueueOf(Waiter waiter) => waiter.Count == 1 ? singles : batches;

    private void Cancel(Waiter waiter, CancellationToken ct)
    {
        lock (gate)
        {
            if (waiter.Node?.List is not { } queue)
                return;
            queue.Remove(waiter.Node);
            waiter.Granted.TrySetCanceled(ct);
            Advance();
        }
    }

    /// <summary>Lets all go whose turn it is.</summary>
    private void Advance()
    {
        timer?.Dispose();
        timer = null;
        if (isDisposed)
            return;
        var wait = pausedUntil - Now;
        if (wait > TimeSpan.Zero)
        {
            if (singles.Count + batches.Count > 0)
                timer = time.CreateTimer(_ => AdvanceLater(), null, wait > LeastWait ? wait : LeastWait, Timeout.InfiniteTimeSpan);
            return;
        }

        while (Next() is { } waiter && waiter.Count <= free)
        {
            waiter.Node!.List!.Remove(waiter.Node);
            free -= waiter.Count;
            singlesSinceBatch = waiter.Count == 1 ? singlesSinceBatch + 1 : 0;
            waiter.Granted.TrySetResult(new GraphPermit(this, waiter.Count));
        }
    }

    private void AdvanceLater()
    {
        lock (gate)
        {
            if (timer is not null)
                Advance();
        }
    }

    private Waiter? Next()
    {
        var (single, batch) = (singles.First?.Value, batches.First?.Value);
        if (single is null || batch is null)
            return single ?? batch;
        return Now - batch.Since >= BatchTurn && singlesSinceBatch >= GraphLimits.AtOnce ? batch : single;
    }

    private sealed class Waiter(int count, TimeSpan since)
    {
        public int Count { get; } = count;

        public TimeSpan Since { get; } = since;

        public TaskCompletionSource<GraphPermit> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
