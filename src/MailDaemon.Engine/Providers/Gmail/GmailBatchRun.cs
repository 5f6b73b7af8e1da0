using Google.Apis.Gmail.v1;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Requests on their way through batches: which wait, how often each was tried, what became of them.</summary>
internal sealed class GmailBatchRun<T>(GmailLane lane, IReadOnlyList<GmailBaseServiceRequest<T>> requests)
{
    private readonly LinkedList<int> waiting = new(Enumerable.Range(0, requests.Count));
    private readonly int[] tries = new int[requests.Count];

    public GmailLane Lane { get; } = lane;

    public IReadOnlyList<GmailBaseServiceRequest<T>> Requests { get; } = requests;

    /// <summary>Units of each.</summary>
    public int Price { get; } = requests.Max(r => GmailUnits.Of(r));

    /// <summary>A token that was refused has been replaced, which is done once.</summary>
    public bool HasNewToken { get; set; }

    public GmailResult<T>[] Results { get; } = new GmailResult<T>[requests.Count];

    /// <summary>Parts whose answers together are not too large.</summary>
    public int MaxParts { get; private set; } = int.MaxValue;

    /// <summary>The next ones, at most so many.</summary>
    public List<int> Take(int most)
    {
        var taken = waiting.Take(most).ToList();
        taken.ForEach(_ => waiting.RemoveFirst());
        return taken;
    }

    /// <summary>Those that were not sent go first again.</summary>
    public void PutBack(List<int> parts)
    {
        for (var i = parts.Count - 1; i >= 0; i--)
            waiting.AddFirst(parts[i]);
    }

    /// <summary>The answers together are too large: half as many are asked for, and one that is so by itself fails.</summary>
    public void TooLarge(List<int> parts, MailException failure)
    {
        MaxParts = Math.Max(1, parts.Count / 2);
        if (parts is [var only])
            Results[only] = new GmailResult<T>(default, failure);
        else
            PutBack(parts);
    }

    /// <summary>Those that may be repeated whatever became of them wait again; the others keep this failure, or the one that they have.</summary>
    /// <returns>How often they were tried, the most; 0 when none waits again.</returns>
    public int Repeat(IReadOnlyList<int> parts, MailException failure) =>
        Again(parts, part => GmailRepeats.Of(Requests[part]) == RetryRule.Always, failure);

    /// <summary>Those that were surely not acted upon wait again, the others keep the failure that they have.</summary>
    /// <returns>How often they were tried, the most; 0 when none waits again.</returns>
    public int RepeatRefused(IReadOnlyList<int> parts) => Again(parts, _ => true, null);

    private int Again(IReadOnlyList<int> parts, Func<int, bool> may, MailException? failure)
    {
        var most = 0;
        foreach (var part in parts)
        {
            if (++tries[part] < GmailLimits.Tries && may(part))
            {
                most = Math.Max(most, tries[part]);
                waiting.AddLast(part);
            }
            else
            {
                Results[part] ??= new GmailResult<T>(default, failure);
            }
        }

        return most;
    }
}
