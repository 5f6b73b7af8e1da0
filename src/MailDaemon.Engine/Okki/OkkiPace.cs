namespace MailDaemon.Engine.Okki;

/// <summary>So many requests a second, and one after the other. Thread-safe.</summary>
internal sealed class OkkiPace(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private DateTimeOffset next = DateTimeOffset.MinValue;

    /// <summary>Waits for a turn; whoever has it makes one request.</summary>
    public async Task WaitAsync(double perSecond, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            var wait = next - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, ct);
            next = time.GetUtcNow() + TimeSpan.FromSeconds(1 / perSecond);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
