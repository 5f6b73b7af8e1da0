namespace MailDaemon.Sandbox.Net;

/// <summary>What each user has taken of a quota within the last stretch of time. What was refused costs nothing.</summary>
/// <param name="quota">Of a user in any <paramref name="window"/>; null for no limit.</param>
internal sealed class UsageMeter(TimeProvider time, TimeSpan window, long? quota)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (Queue<(DateTimeOffset At, long Units)> Taken, long Sum)> users = new(StringComparer.OrdinalIgnoreCase);

    public bool TryTake(string user, long units)
    {
        if (quota is not { } limit)
        {
            return true;
        }

        var now = time.GetUtcNow();
        lock (gate)
        {
            var (taken, sum) = users.TryGetValue(user, out var known) ? known : (new Queue<(DateTimeOffset At, long Units)>(), 0L);
            while (taken.TryPeek(out var oldest) && oldest.At <= now - window)
            {
                sum -= taken.Dequeue().Units;
            }

            var fits = sum + units <= limit;
            if (fits)
            {
                taken.Enqueue((now, units));
                sum += units;
            }

            users[user] = (taken, sum);
            return fits;
        }
    }
}
