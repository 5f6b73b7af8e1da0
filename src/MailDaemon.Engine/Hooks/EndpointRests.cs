using System.Collections.Concurrent;

namespace MailDaemon.Engine.Hooks;

/// <summary>
/// Endpoints that are away rest, the longer the more often one is found so; what waits for them waits with them, and one request then
/// tries whether they are back. A restart forgets it. Thread-safe.
/// </summary>
public sealed class EndpointRests(TimeProvider time)
{
    private const int MostDoublings = 7;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Rest> rests = new(StringComparer.Ordinal);

    /// <summary>Until when an endpoint is left alone; the past when it is not.</summary>
    public DateTimeOffset Until(string url) => rests.TryGetValue(url, out var rest) ? rest.Until : DateTimeOffset.MinValue;

    /// <summary>It was away: 5 s · 2ⁿ, at most some ten minutes.</summary>
    public void Begin(string url) => rests.AddOrUpdate(url, _ => Next(0), (_, before) => Next(before.Failures));

    /// <summary>It answered.</summary>
    public void End(string url) => rests.TryRemove(url, out _);

    private Rest Next(int failures) => new(failures + 1, time.GetUtcNow() + (First * Math.Pow(2, Math.Min(failures, MostDoublings)) * (0.8 + (0.4 * Random.Shared.NextDouble()))));

    private sealed record Rest(int Failures, DateTimeOffset Until);
}
