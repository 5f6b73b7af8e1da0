using System.Threading.Channels;

namespace MailDaemon.Engine.Sync;

/// <summary>Wakes whoever waits, or whoever waits next; what comes meanwhile counts as one. One waits, any number wake.</summary>
internal sealed class Wakeup(TimeProvider time)
{
    private readonly Channel<bool> woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => woken.Writer.TryWrite(true);

    /// <summary>Returns when woken, or after a while.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await woken.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It is time.
        }
    }
}
