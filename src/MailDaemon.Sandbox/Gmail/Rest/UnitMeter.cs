namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Quota units of each user in the last minute. What was refused costs nothing.</summary>
internal sealed class UnitMeter(TimeProvider time, int? unitsPerMinute)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (Queue<(DateTimeOffset At, int Units)> Taken, int Sum)> users = new(StringComparer.OrdinalIgnoreCase);

    public bool TryTake(string user, int units)
    {
        if (unitsPerMinute is not { } limit)
        {
            return true;
        }

        var now = time.GetUtcNow();
        lock (gate)
        {
            var (taken, sum) = users.TryGetValue(user, out var known) ? known : (new Queue<(DateTimeOffset At, int Units)>(), 0);
            while (taken.TryPeek(out var oldest) && oldest.At <= now - Window)
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
