namespace MailDaemon.Tests.Support;

/// <summary>Waits for what another thread brings about; bounded, so that a test fails instead of hanging.</summary>
public static class Eventually
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <param name="longest">30 seconds when left out.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? longest = null)
    {
        using var timeout = new CancellationTokenSource(longest ?? patience);
        while (!await condition())
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException(what);
            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }
    }
}
