namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>How long to wait between two tries.</summary>
internal static class GmailBackoff
{
    /// <param name="failedTries">From 1.</param>
    /// <param name="retryAfter">Kept to as far as <see cref="GmailLimits.MaxRetryAfter"/> goes.</param>
    /// <param name="chance">From 0 to 1: spreads the callers over half of the delay.</param>
    public static TimeSpan Delay(int failedTries, TimeSpan? retryAfter, double chance)
    {
        var delay = GmailLimits.FirstDelay * Math.Pow(2, Math.Min(failedTries - 1, 16));
        delay = (delay < GmailLimits.MaxDelay ? delay : GmailLimits.MaxDelay) * (0.5 + (chance / 2));
        var asked = retryAfter is { } told && told > GmailLimits.MaxRetryAfter ? GmailLimits.MaxRetryAfter : retryAfter ?? TimeSpan.Zero;
        return delay > asked ? delay : asked;
    }
}
