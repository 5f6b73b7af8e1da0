using System.Diagnostics;

namespace MailDaemon.Protocols.Net;

/// <summary>
/// How long an answer may take in all. A peer that says a byte now and then is never silent; without this it would hold us for ever. Only
/// the time spent waiting for it counts.
/// </summary>
internal sealed class AnswerTime
{
    /// <summary>So many times the longest silence: servers that search for minutes say that they still do.</summary>
    private const int Silences = 10;

    /// <summary>And for each byte besides; a telephone line is fifty times as fast.</summary>
    private const double SlowestBytesPerSecond = 100;

    private TimeSpan waited;
    private long bytes;

    /// <summary>Something was said to the peer; what comes now answers that.</summary>
    public void Begin() => (waited, bytes) = (TimeSpan.Zero, 0);

    /// <param name="since">A moment of <see cref="Stopwatch"/>.</param>
    public void Received(int count, long since)
    {
        bytes += count;
        waited += Stopwatch.GetElapsedTime(since);
    }

    /// <summary>What is left of it; not positive when it is used up.</summary>
    public TimeSpan Left(TimeSpan longestSilence) => (longestSilence * Silences) + TimeSpan.FromSeconds(bytes / SlowestBytesPerSecond) - waited;
}
