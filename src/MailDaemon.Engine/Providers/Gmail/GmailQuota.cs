using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>What an account has spent since the daemon started, and how fast it may.</summary>
/// <param name="UnitsPerMinute">What is kept to now: less than the setting after the server refused.</param>
internal readonly record struct GmailSpending(long Units, long Requests, int UnitsPerMinute);

/// <summary>
/// The meter of one account's quota units, through which every request goes. Within any minute no more is spent than the rate. Who waits
/// for a person goes first; a pass gets a turn at least every ten seconds, keeps an even pace and leaves a little for persons. After a
/// refusal all wait as long as the server says, and the rate falls by a fifth, to rise again slowly. Thread-safe.
/// </summary>
internal sealed class GmailQuota(int unitsPerMinute, TimeProvider time) : IDisposable
{
    /// <summary>A little over the minute that the server counts, because requests travel at different speeds.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60.5);

    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PassTurn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PassBurst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OneStorm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseUntold = TimeSpan.FromSeconds(1);
    private const double PassShare = 0.98;
    private const double LeastFactor = 0.1;

    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> persons = [];
    private readonly LinkedList<Waiter> passes = [];
    private readonly Queue<(TimeSpan At, int Units)> spent = [];
    private readonly long start = time.GetTimestamp();
    private ITimer? timer;
    private bool isDisposed;
    private int inWindow;
    private long units;
    private long requests;
    private double factor = 1;
    private TimeSpan factorChanged;
    private TimeSpan pausedUntil;
    private TimeSpan lastPass = -PassTurn;

    // When the units that passes have taken are paid for at their even pace.
    private TimeSpan paidUntil;

    private TimeSpan Now => time.GetElapsedTime(start);

    private double Rate => unitsPerMinute * factor;

    public GmailSpending Spending
    {
        get
        {
            lock (gate)
            {
                Recover(Now);
                return new GmailSpending(units, requests, (int)Rate);
            }
        }
    }

    /// <summary>Returns when a request of this price may go.</summary>
    public Task SpendAsync(GmailLane lane, int price, CancellationToken ct) => SpendAsync(lane, price, 1, 1, ct);

    /// <summary>Returns when at least <paramref name="least"/> requests of this price each may go.</summary>
    /// <returns>How many, up to <paramref name="most"/>: as many as there is room for.</returns>
    /// <exception cref="MailException"><c>rate_limited</c>: a person has waited a minute. A pass waits as long as it takes.</exception>
    public async Task<int> SpendAsync(GmailLane lane, int price, int least, int most, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            waiter = new Waiter(lane, price, least, most, Now);
            waiter.Node = QueueOf(lane).AddLast(waiter);
            Advance();
        }

        if (waiter.Granted.Task.IsCompletedSuccessfully)
            return await waiter.Granted.Task;
        using var limit = new TimeLimit(lane == GmailLane.Person ? GmailLimits.PersonCall : Timeout.InfiniteTimeSpan, time, ct);
        await using (limit.Token.UnsafeRegister(_ => Cancel(waiter, limit.Token), null))
        {
            try
            {
                return await waiter.Granted.Task;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new MailException(MailFault.TooMany, GmailFaults.RateLimited, "Too many requests wait for the quota of this account. Try again later.");
            }
        }
    }

    /// <summary>The server refused for the rate: everybody waits, and the rate falls.</summary>
    /// <param name="retryAfter">As the server says; null when it does not.</param>
    public void Refused(TimeSpan? retryAfter)
    {
        lock (gate)
        {
            var now = Now;
            Recover(now);
            var pause = retryAfter ?? PauseUntold;
            pause = pause < RetryDelay.MaxRetryAfter ? pause : RetryDelay.MaxRetryAfter;
            if (now + pause > pausedUntil)
                pausedUntil = now + pause;
            if (factor == 1 || now - factorChanged >= OneStorm)
            {
                factor = Math.Max(LeastFactor, factor * 0.8);
                factorChanged = now;
            }

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
            foreach (var waiter in persons.Concat(passes))
                waiter.Granted.TrySetException(new ObjectDisposedException(nameof(GmailQuota)));
            persons.Clear();
            passes.Clear();
        }
    }

    private LinkedList<Waiter> QueueOf(GmailLane lane) => lane == GmailLane.Person ? persons : passes;

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

    /// <summary>Lets all go whose turn it is, and comes back when it is the next one's.</summary>
    private void Advance()
    {
        timer?.Dispose();
        timer = null;
        var now = Now;
        Recover(now);
        Forget(now);
        while (Next(now) is { } waiter)
        {
            var (count, wait) = Room(waiter, now);
            if (count == 0)
            {
                timer = time.CreateTimer(_ => AdvanceLater(), null, wait, Timeout.InfiniteTimeSpan);
                return;
            }

            waiter.Node!.List!.Remove(waiter.Node);
            Spend(waiter, count, now);
            waiter.Granted.TrySetResult(count);
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

    private Waiter? Next(TimeSpan now)
    {
        var (person, pass) = (persons.First?.Value, passes.First?.Value);
        if (person is null || pass is null)
            return person ?? pass;
        return now - lastPass >= PassTurn && now - pass.Since >= PassTurn ? pass : person;
    }

    /// <returns>How many of the waiter's requests may go now; when none, how long until that can change.</returns>
    private (int Count, TimeSpan Wait) Room(Waiter waiter, TimeSpan now)
    {
        var isPass = waiter.Lane == GmailLane.Pass;
        var wait = pausedUntil - now;
        if (isPass && paidUntil - now - PassBurst is var pace && pace > wait)
            wait = pace;
        if (wait > TimeSpan.Zero)
            return (0, AtLeastATick(wait));
        var limit = (int)(isPass ? Rate * PassShare : Rate);
        var count = Math.Min(waiter.Most, (limit - inWindow) / waiter.Price);
        if (count >= waiter.Least)
            return (count, TimeSpan.Zero);

        // More than a whole minute holds goes alone.
        if (inWindow == 0)
            return (waiter.Least, TimeSpan.Zero);
        return (0, AtLeastATick(UntilFree(inWindow + (waiter.Least * waiter.Price) - limit) - now));
    }

    /// <summary>When so many units, or all, are out of the window.</summary>
    private TimeSpan UntilFree(int needed)
    {
        var at = TimeSpan.Zero;
        foreach (var (when, amount) in spent)
        {
            at = when + Window;
            needed -= amount;
            if (needed <= 0)
                break;
        }

        return at;
    }

    private void Spend(Waiter waiter, int count, TimeSpan now)
    {
        var amount = count * waiter.Price;
        units += amount;
        requests += count;
        inWindow += amount;
        spent.Enqueue((now, amount));
        if (waiter.Lane != GmailLane.Pass)
            return;
        lastPass = now;
        paidUntil = (paidUntil > now ? paidUntil : now) + TimeSpan.FromMinutes(amount / (Rate * PassShare));
    }

    private void Forget(TimeSpan now)
    {
        while (spent.TryPeek(out var oldest) && now - oldest.At >= Window)
        {
            inWindow -= oldest.Units;
            spent.Dequeue();
        }
    }

    private void Recover(TimeSpan now)
    {
        while (factor < 1 && now - factorChanged >= Recovery)
        {
            factor = Math.Min(1, factor + 0.05);
            factorChanged += Recovery;
        }
    }

    private static TimeSpan AtLeastATick(TimeSpan wait) => wait > LeastWait ? wait : LeastWait;

    private sealed class Waiter(GmailLane lane, int price, int least, int most, TimeSpan since)
    {
        public GmailLane Lane { get; } = lane;

        public int Price { get; } = price;

        public int Least { get; } = least;

        public int Most { get; } = most;

        public TimeSpan Since { get; } = since;

        public TaskCompletionSource<int> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
