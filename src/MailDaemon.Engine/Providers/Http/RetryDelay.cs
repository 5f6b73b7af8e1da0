namespace MailDaemon.Engine.Providers.Http;

/// <summary>How long to wait between two tries. Pure.</summary>
internal static class RetryDelay
{
    /// <summary>The first wait; each further one is twice as long.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest that we choose ourselves.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(32);

    /// <summary>Most of what a server can ask to wait.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    /// <param name="failedTries">From 1.</param>
    /// <param name="retryAfter">Kept to as far as <see cref="MaxRetryAfter"/> goes; null when the server did not say.</param>
    /// <param name="chance">From 0 to 1: spreads the callers over half of the delay.</param>
    public static TimeSpan Of(int failedTries, TimeSpan? retryAfter, double chance)
    {
        var delay = First * Math.Pow(2, Math.Min(failedTries - 1, 16));
        delay = (delay < Max ? delay : Max) * (0.5 + (chance / 2));
        var asked = retryAfter is { } told && told > MaxRetryAfter ? MaxRetryAfter : retryAfter ?? TimeSpan.Zero;
        return delay > asked ? delay : asked;
    }
}
