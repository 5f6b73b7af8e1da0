using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What to search for in subject, text, sender, recipients and attachment names.</summary>
public sealed record SearchQuery
{
    /// <summary>Of how many of the newest messages that match the best are chosen: what is still quick.</summary>
    public const int MostRanked = 20_000;

    /// <summary>Words that must all be there, <c>"a phrase"</c>, <c>-without</c>.</summary>
    public required string Text { get; init; }

    /// <summary>The best first, among the newest <see cref="MostRanked"/> that match; else the newest first.</summary>
    public bool IsByRelevance { get; init; }

    public int Offset { get; init; }

    /// <summary>1–500.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>How many of an account's messages can be searched.</summary>
public sealed record SearchProgress(int Done, int Total);
