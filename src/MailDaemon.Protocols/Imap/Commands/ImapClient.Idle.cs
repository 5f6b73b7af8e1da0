using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>
    /// Waits for news of the open mailbox (RFC 2177), and of those asked for by <see cref="NotifyAsync"/>: until the server tells of a
    /// change, <paramref name="maximum"/> is over, or the caller cancels. In each case IDLE is ended in order and the connection stays
    /// usable. With NOTIFY no mailbox need be open, and news of others that came before, and was neither taken nor told by an earlier
    /// IDLE, ends it at once.
    /// </summary>
    /// <param name="maximum">Under 29 minutes by the RFC; 9 to 14 minutes live behind most address translators.</param>
    /// <exception cref="ImapException">Protocol without IDLE; the server refused; BYE.</exception>
    /// <exception cref="WireException">The connection broke, or the server does not answer DONE.</exception>
    public async Task<IdleResult> IdleAsync(TimeSpan maximum, CancellationToken ct)
    {
        var mailbox = IsNotifying || isOverflowUnreported ? Selected : RequireSelected();
        if (!Capabilities.Has("IDLE"))
        {
            throw new ImapException(ImapFault.Protocol, "The server does not offer IDLE");
        }

        if (ct.IsCancellationRequested)
        {
            return new IdleResult(IdleEnd.Cancelled, false, false, false);
        }

        var watch = new IdleWatch(mailbox);
        if (HasUnreported)
        {
            return Told(IdleEnd.Changed, watch);
        }

        var turn = BeginTurn(watch.Notice);
        var patience = wire.IdleTimeout;
        try
        {
            // Nothing here is cancelled half-way: a cut TLS record would cost the connection.
            await SendAsync(turn, Command("IDLE"), CancellationToken.None).ConfigureAwait(false);
            await AwaitIdleAsync(turn).ConfigureAwait(false);
            turn.ThrowIfComplete();
            wire.IdleTimeout = maximum + patience;
            var end = await WatchAsync(turn, watch, maximum, patience, ct).ConfigureAwait(false);
            turn.ThrowIfRefused();
            return Told(end, watch);
        }
        finally
        {
            wire.IdleTimeout = patience;
            EndTurn(turn);
        }
    }

    /// <summary>A change that came while IDLE was ended for another reason counts, or nobody would hear of it.</summary>
    private IdleResult Told(IdleEnd end, IdleWatch watch)
    {
        end = end == IdleEnd.Expired && (watch.HasNews || HasUnreported) ? IdleEnd.Changed : end;
        var result = new IdleResult(end, watch.HasArrivals, watch.HasRemovals, watch.HasFlagChanges)
        {
            Mailboxes = ChangedMailboxes(unreported, watch.HasNews),
            HasNameChanges = areNamesUnreported,
            NotifyOverflowed = isOverflowUnreported,
        };
        if (end == IdleEnd.Changed)
        {
            ClearUnreported();
        }

        return result;
    }

    private List<string> ChangedMailboxes(IReadOnlyCollection<string> others, bool isSelectedChanged) =>
        isSelectedChanged && Selected is not null && !others.Contains(Selected.Name) ? [.. others, Selected.Name] : [.. others];

    /// <summary>Reads until the server's consent, or its refusal.</summary>
    private async Task AwaitIdleAsync(Turn turn)
    {
        while (turn.Outstanding > 0)
        {
            var reply = await NextAsync(turn, CancellationToken.None).ConfigureAwait(false);
            if (reply.Kind == ReplyKind.Continuation)
            {
                return;
            }

            Dispatch(turn, reply);
        }

        turn.IsComplete = true;
    }

    private async Task<IdleEnd> WatchAsync(Turn turn, IdleWatch watch, TimeSpan maximum, TimeSpan patience, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var timeUp = Task.Delay(maximum, limits.Clock, timer.Token);
        Task? reading = null;
        while (!watch.HasNews && !HasUnreported && turn.Outstanding > 0)
        {
            reading = ReadOneAsync(turn);
            if (await Task.WhenAny(reading, timeUp).ConfigureAwait(false) == timeUp)
            {
                break;
            }

            await reading.ConfigureAwait(false);
            reading = null;
        }

        var end = watch.HasNews || HasUnreported ? IdleEnd.Changed : ct.IsCancellationRequested ? IdleEnd.Cancelled : IdleEnd.Expired;
        await timer.CancelAsync().ConfigureAwait(false);
        await EndIdleAsync(turn, reading, patience).ConfigureAwait(false);
        return end;
    }

    /// <summary>Says DONE and reads to the tagged reply, the read that is on its way first.</summary>
    private async Task EndIdleAsync(Turn turn, Task? reading, TimeSpan patience)
    {
        if (turn.Outstanding > 0)
        {
            wire.Trace(WireDirection.Sent, "DONE"u8);
            await wire.WriteAsync(Encoding.ASCII.GetBytes("DONE\r\n"), CancellationToken.None).ConfigureAwait(false);
            await wire.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }

        // A read that began in IDLE waits for as long as IDLE may last: a server that is gone is not waited for that long.
        wire.IdleTimeout = patience;
        if (reading is not null)
        {
            try
            {
                await reading.WaitAsync(patience, limits.Clock).ConfigureAwait(false);
            }
            catch (TimeoutException e)
            {
                await wire.DisposeAsync().ConfigureAwait(false);
                await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new WireException(WireFault.Timeout, $"{endpoint} does not answer DONE", e);
            }
        }

        await FinishAsync(turn, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task ReadOneAsync(Turn turn) => Dispatch(turn, await NextAsync(turn, CancellationToken.None).ConfigureAwait(false));

    /// <summary>Tells news from signs of life.</summary>
    private sealed class IdleWatch(SelectedMailbox? mailbox)
    {
        public bool HasArrivals { get; private set; }

        public bool HasRemovals { get; private set; }

        public bool HasFlagChanges { get; private set; }

        public bool HasNews => HasArrivals || HasRemovals || HasFlagChanges;

        /// <summary>Looks at every reply before the client takes it. "* OK Still here", RECENT and EXISTS with the known number are no news.</summary>
        public bool Notice(in ImapReply reply)
        {
            if (mailbox is null)
            {
                return false;
            }

            HasArrivals |= reply.Name == DataName.Exists && reply.Number > mailbox.Exists;
            HasRemovals |= reply.Name is DataName.Expunge or DataName.Vanished || (reply.Name == DataName.Exists && reply.Number < mailbox.Exists);
            HasFlagChanges |= reply.Name == DataName.Fetch;
            return false;
        }
    }
}
