using System.Net;
using System.Text.RegularExpressions;

namespace MailDaemon.Engine.Okki;

/// <summary>A record whose answer was lost, with what it would be recognised by in the CRM.</summary>
/// <param name="PostedAt">By our clock.</param>
/// <param name="LostAt">When its answer was lost, by our clock; null when that is not known.</param>
internal sealed record LostTrail(string Id, string Marker, string Content, int Type, DateTimeOffset PostedAt, DateTimeOffset? LostAt);

/// <summary>What the CRM's list says of a record whose answer was lost.</summary>
internal enum TrailFinding
{
    /// <summary>Its marker is shown.</summary>
    Shown,

    /// <summary>Its text is not shown, but there are just as many records of its type and time as ours that were lost.</summary>
    Counted,

    /// <summary>There is none that it could be.</summary>
    Absent,

    /// <summary>There are some that it could be, or the list does not show enough.</summary>
    Unclear,
}

/// <param name="TrailId">The CRM's id of it, when it is there.</param>
internal sealed record TrailVerdict(TrailFinding Finding, long? TrailId = null);

/// <summary>
/// Whether a record whose answer was lost was written, by the CRM's list of the customer's records (okki.md §3). Where the list shows texts
/// the marker decides. Where it does not, the marker's absence says nothing: type, time, order of ids and number of the records do. Pure.
/// </summary>
internal static partial class TrailEvidence
{
    /// <summary>A request ends within a minute.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(60);

    /// <summary>What was created later than this is none of it even when a server in between held the request up.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>The CRM tells times in whole seconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    /// <summary>How far clocks may differ where the CRM does not tell its time.</summary>
    private static readonly TimeSpan UnknownClock = TimeSpan.FromMinutes(2);

    /// <summary>A shown text of this length that is not ours is somebody else's; a shorter one may be a label in place of the text.</summary>
    private const int LongestLabel = 40;

    /// <param name="rivals">Others of ours for the same customer, posted at about the same time, of which no id is known.</param>
    /// <param name="claimed">Ids of the customer's records that are known to be others of ours.</param>
    /// <param name="expected">Those of them that were there before the list was asked for.</param>
    public static TrailVerdict Judge(LostTrail lost, IReadOnlyList<LostTrail> rivals, IReadOnlySet<long> claimed, IReadOnlySet<long> expected, CrmTrailList listed)
    {
        if (listed.Records.FirstOrDefault(record => record.Content.Contains(lost.Marker, StringComparison.Ordinal)) is { } shown)
            return new TrailVerdict(TrailFinding.Shown, shown.TrailId);

        // Where it leaves out what is known to be there, what it does not show says nothing.
        if (!listed.IsWhole || (expected.Count > 0 && !listed.Records.Any(record => record.TrailId is { } id && expected.Contains(id))))
            return new TrailVerdict(TrailFinding.Unclear);
        var open = listed.Records.Where(record => MayBe(lost, record, claimed, listed)).ToList();
        if (open.Count == 0)
            return new TrailVerdict(TrailFinding.Absent);

        // In the order in which they were posted, records have rising ids.
        LostTrail[] all = [.. rivals
            .Where(rival => rival.Type == lost.Type && (rival.PostedAt - lost.PostedAt).Duration() <= LongestDelay)
            .Where(rival => !listed.Records.Any(record => record.Content.Contains(rival.Marker, StringComparison.Ordinal)))
            .Append(lost).OrderBy(trail => trail.PostedAt).ThenBy(trail => trail.Id, StringComparer.Ordinal)];
        CrmTrail[] candidates = [.. listed.Records.Where(record => all.Any(trail => MayBe(trail, record, claimed, listed))).OrderBy(record => record.TrailId)];
        var isPaired = candidates.Length == all.Length && Enumerable.Range(0, all.Length).All(i => IsWithin(all[i], candidates[i], listed.ClockOffset));
        return isPaired ? new TrailVerdict(TrailFinding.Counted, candidates[Array.IndexOf(all, lost)].TrailId) : new TrailVerdict(TrailFinding.Unclear);
    }

    private static bool MayBe(LostTrail lost, CrmTrail record, IReadOnlySet<long> claimed, CrmTrailList listed)
    {
        if ((record.TrailId is { } id && claimed.Contains(id)) || (record.Type is { } type && type != lost.Type) || IsAnother(lost, record, listed))
            return false;
        var margin = listed.ClockOffset is null ? UnknownClock : Rounding;
        var posted = lost.PostedAt + (listed.ClockOffset ?? TimeSpan.Zero);
        if (record.CreatedAt is { } created)
            return created >= posted - margin && created <= posted + LongestDelay + margin;

        // Without a time: older than one that is older than ours is not ours.
        return record.TrailId is null || !listed.Records.Any(other => other.CreatedAt < posted - margin && other.TrailId > record.TrailId);
    }

    /// <summary>It shows a text, and that is not ours.</summary>
    private static bool IsAnother(LostTrail lost, CrmTrail record, CrmTrailList listed)
    {
        var text = Plain(record.Content);
        if (text.Length == 0)
            return false;
        if (IsText(record.Content) || listed.Records.Any(other => other.Type == lost.Type && IsText(other.Content)))
            return !Plain(lost.Content).Contains(text, StringComparison.Ordinal);
        return false;
    }

    /// <summary>It is the text itself and no label in its place.</summary>
    private static bool IsText(string content) => AnyMarker().IsMatch(content) || Plain(content).Length > LongestLabel;

    /// <summary>It was created while the request ran, and has an id.</summary>
    private static bool IsWithin(LostTrail lost, CrmTrail record, TimeSpan? clockOffset)
    {
        if (record is not { TrailId: not null, CreatedAt: { } created } || clockOffset is not { } offset)
            return false;
        var end = lost.LostAt is { } lostAt && lostAt < lost.PostedAt + LongestRequest ? lostAt : lost.PostedAt + LongestRequest;
        return created >= lost.PostedAt + offset - Rounding && created <= end + offset + Rounding;
    }

    /// <summary>Without white space, markup and the sign of a cut, in which a CRM may show it differently from what it was given.</summary>
    private static string Plain(string content) =>
        string.Concat(Markup().Replace(WebUtility.HtmlDecode(content), "").Where(character => !char.IsWhiteSpace(character))).TrimEnd('.', '…');

    [GeneratedRegex(@"\[#[0-9a-f]{8}\]", RegexOptions.NonBacktracking)]
    private static partial Regex AnyMarker();

    [GeneratedRegex(@"<[^<>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Markup();
}
