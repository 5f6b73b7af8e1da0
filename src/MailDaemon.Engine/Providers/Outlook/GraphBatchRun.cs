using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using Microsoft.Kiota.Abstractions;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Requests on their way through batches: which wait, what may have been acted upon, what became of them. One caller at a time.</summary>
internal sealed class GraphBatchRun<T>(IReadOnlyList<RequestInformation> requests)
{
    private readonly BatchQueue queue = new(requests.Count, GraphLimits.Tries);
    private readonly bool[] isDone = new bool[requests.Count];
    private readonly bool[] mayHaveActed = new bool[requests.Count];

    public IReadOnlyList<RequestInformation> Requests { get; } = requests;

    public GraphResult<T>[] Results { get; } = new GraphResult<T>[requests.Count];

    /// <summary>A token that was refused has been replaced, which is done once.</summary>
    public bool HasNewToken { get; set; }

    /// <summary>The server has said something of at least one.</summary>
    public bool HasAnswers { get; set; }

    /// <summary>How many have their result.</summary>
    public int Done { get; private set; }

    public List<int> Take() => queue.Take(GraphLimits.BatchParts);

    public void Finish(int part, GraphResult<T> result)
    {
        Results[part] = result;
        if (!isDone[part])
            Done++;
        isDone[part] = true;
    }

    /// <summary>The answers together are too large: half as many are asked for, and one that is so by itself fails.</summary>
    public void TooLarge(List<int> parts, MailException failure)
    {
        if (!queue.Halve(parts))
            Finish(parts[0], new GraphResult<T>(default, failure));
    }

    /// <summary>Those that were surely not acted upon wait again; those that were tried too often have this failure.</summary>
    /// <returns>How often they were tried, the most; 0 when none waits again.</returns>
    public int RepeatRefused(IReadOnlyList<(int Part, MailException Failure)> parts) => Repeat(parts, _ => true);

    /// <summary>Those that may be repeated whatever became of them wait again; the others have this failure.</summary>
    /// <returns>How often they were tried, the most; 0 when none waits again.</returns>
    public int RepeatUncertain(IReadOnlyList<(int Part, MailException Failure)> parts)
    {
        foreach (var (part, _) in parts)
            mayHaveActed[part] = true;
        return Repeat(parts, part => GraphCall.RuleOf(MethodOf(part)) == RetryRule.Always);
    }

    /// <summary>It is not there, because the try before deleted it and its answer was lost.</summary>
    public bool WasDeletedBefore(int part) => mayHaveActed[part] && MethodOf(part) == "DELETE";

    /// <summary>Nothing more is sent: what has no result has this failure.</summary>
    public void FailRest(MailException failure)
    {
        for (var part = 0; part < isDone.Length; part++)
        {
            if (!isDone[part])
                Finish(part, new GraphResult<T>(default, failure));
        }
    }

    private string MethodOf(int part) => Requests[part].HttpMethod.ToString();

    private int Repeat(IReadOnlyList<(int Part, MailException Failure)> parts, Func<int, bool> may)
    {
        var (tries, givenUp) = queue.Again(parts.Select(p => p.Part), may);
        var failures = parts.ToDictionary(p => p.Part, p => p.Failure);
        foreach (var part in givenUp)
            Finish(part, new GraphResult<T>(default, failures[part]));
        return tries;
    }
}
