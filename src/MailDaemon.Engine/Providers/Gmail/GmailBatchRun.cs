using Google.Apis.Gmail.v1;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Requests on their way through batches: which wait, how often each was tried, what became of them.</summary>
internal sealed class GmailBatchRun<T>(GmailLane lane, IReadOnlyList<GmailBaseServiceRequest<T>> requests)
{
    private readonly BatchQueue queue = new(requests.Count, GmailLimits.Tries);

    public GmailLane Lane { get; } = lane;

    public IReadOnlyList<GmailBaseServiceRequest<T>> Requests { get; } = requests;

    /// <summary>Units of each.</summary>
    public int Price { get; } = requests.Max(r => GmailUnits.Of(r));

    /// <summary>A token that was refused has been replaced, which is done once.</summary>
    public bool HasNewToken { get; set; }

    public GmailResult<T>[] Results { get; } = new GmailResult<T>[requests.Count];

    /// <summary>The next ones, at most so many.</summary>
    public List<int> Take(int most) => queue.Take(most);

    /// <summary>Those that were not sent go first again.</summary>
    public void PutBack(List<int> parts) => queue.PutBack(parts);

    /// <summary>The answers together are too large: half as many are asked for, and one that is so by itself fails.</summary>
    public void TooLarge(List<int> parts, MailException failure)
    {
        if (!queue.Halve(parts))
            Results[parts[0]] = new GmailResult<T>(default, failure);
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
        var (tries, givenUp) = queue.Again(parts, may);
        foreach (var part in givenUp)
            Results[part] ??= new GmailResult<T>(default, failure);
        return tries;
    }
}
