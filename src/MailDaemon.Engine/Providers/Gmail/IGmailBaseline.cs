using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Where the first pass reads messages from.</summary>
internal interface IGmailBaseline
{
    /// <summary>The messages of these ids in this order, so many at a time; those that are gone are left out.</summary>
    IAsyncEnumerable<GmailRead> ReadAsync(IReadOnlyList<string> ids, int atOnce, Func<DateTimeOffset, bool> isBaseline, CancellationToken ct);
}

/// <summary>Over the API, where each message costs 20 units.</summary>
internal sealed class GmailApiBaseline(GmailBodies bodies) : IGmailBaseline
{
    public async IAsyncEnumerable<GmailRead> ReadAsync(IReadOnlyList<string> ids, int atOnce, Func<DateTimeOffset, bool> isBaseline, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var some in ids.Chunk(atOnce))
            yield return await bodies.ReadAsync(GmailLane.Pass, some, isBaseline, ct);
    }
}
