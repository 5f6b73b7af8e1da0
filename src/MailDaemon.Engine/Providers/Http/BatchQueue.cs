namespace MailDaemon.Engine.Providers.Http;

/// <summary>Requests on their way through batches, by their index: which wait, and how often each was tried. One caller at a time.</summary>
/// <param name="count">How many there are: all of them wait.</param>
internal sealed class BatchQueue(int count, int maxTries)
{
    private readonly LinkedList<int> waiting = new(Enumerable.Range(0, count));
    private readonly int[] tries = new int[count];

    /// <summary>Parts whose answers together are not too large.</summary>
    public int MaxParts { get; private set; } = int.MaxValue;

    /// <summary>The next ones, at most so many.</summary>
    public List<int> Take(int most)
    {
        var taken = waiting.Take(Math.Min(most, MaxParts)).ToList();
        taken.ForEach(_ => waiting.RemoveFirst());
        return taken;
    }

    /// <summary>Those that were not sent go first again.</summary>
    public void PutBack(List<int> parts)
    {
        for (var i = parts.Count - 1; i >= 0; i--)
            waiting.AddFirst(parts[i]);
    }

    /// <summary>The answers together are too large: half as many are asked for.</summary>
    /// <returns>False for a part that is so by itself, which does not wait again.</returns>
    public bool Halve(List<int> parts)
    {
        MaxParts = Math.Max(1, parts.Count / 2);
        if (parts.Count == 1)
            return false;
        PutBack(parts);
        return true;
    }

    /// <summary>Those that may, and were not tried too often, wait again, before the others.</summary>
    /// <returns>How often they were tried, the most, 0 when none waits again; and those that do not.</returns>
    public (int Tries, IReadOnlyList<int> GivenUp) Again(IEnumerable<int> parts, Func<int, bool> may)
    {
        var most = 0;
        var (again, givenUp) = (new List<int>(), new List<int>());
        foreach (var part in parts)
        {
            if (++tries[part] < maxTries && may(part))
            {
                most = Math.Max(most, tries[part]);
                again.Add(part);
            }
            else
            {
                givenUp.Add(part);
            }
        }

        PutBack(again);
        return (most, givenUp);
    }
}
