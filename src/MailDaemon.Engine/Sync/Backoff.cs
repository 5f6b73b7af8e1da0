using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Sync;

/// <summary>How long an account that fails is left alone. Pure.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Providers lock accounts after a series of wrong passwords: those are tried seldom from the start.</summary>
    private static readonly TimeSpan FirstAfterRefusedPassword = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestAfterRefusedPassword = TimeSpan.FromHours(1);

    /// <summary>5 s · 2ⁿ⁻¹ up to 15 min (password refused: 5 min up to 1 h), 20 % more or less by chance.</summary>
    /// <param name="failures">Failures in a row, from 1.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan Delay(MailFault fault, int failures, double chance)
    {
        var (first, longest) = fault == MailFault.NotAuthorized
            ? (FirstAfterRefusedPassword, LongestAfterRefusedPassword)
            : (First, Longest);
        var exponential = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        var capped = exponential < longest ? exponential : longest;
        return capped * (0.8 + (0.4 * chance));
    }
}
