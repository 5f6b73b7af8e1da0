using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What to search for. All that is given must be so.</summary>
public sealed record SearchQuery
{
    /// <summary>Of how many of the newest messages that match the best are chosen: what is still quick.</summary>
    public const int MostRanked = 4_000;

    /// <summary>Matches are counted up to here; beyond it the total says "at least".</summary>
    public const int MostCounted = 1_000;

    /// <summary>
    /// Words that must all be there, in subject, text, sender, recipients or attachment names; <c>"a phrase"</c>, <c>-without</c>,
    /// <c>from:</c>, <c>to:</c>, <c>subject:</c>, <c>filename:</c>. What <see cref="SearchOperators"/> reads in it is passed over here.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>Words, or beginnings of words, of the sender's name and address.</summary>
    public string? From { get; init; }

    /// <summary>Words, or beginnings of words, of the recipients' names and addresses, those in Cc and Bcc included.</summary>
    public string? To { get; init; }

    /// <summary>Words, or beginnings of words, of the subject.</summary>
    public string? Subject { get; init; }

    /// <summary>A folder's path or the word of its role; null means all folders.</summary>
    public string? Folder { get; init; }

    /// <summary>True: unread ones only; false: read ones only; null: all. The other two likewise.</summary>
    public bool? IsUnread { get; init; }

    public bool? IsStarred { get; init; }

    public bool? IsAnswered { get; init; }

    public bool? IsForwarded { get; init; }

    public bool? HasAttachment { get; init; }

    /// <summary>Received at this instant or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Received before this instant.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Bytes on the server that it must exceed.</summary>
    public long? LargerThan { get; init; }

    /// <summary>Bytes on the server that it must stay below.</summary>
    public long? SmallerThan { get; init; }

    /// <summary>Folders, beside <see cref="Folder"/>, that it must be in or must not be in.</summary>
    public IReadOnlyList<SearchName> Folders { get; init; } = [];

    /// <summary>Labels, by id or name, that it must have or must not have; looked up before a cache is asked.</summary>
    public IReadOnlyList<SearchName> Labels { get; init; } = [];

    /// <summary>What was found of <see cref="Labels"/> in the account.</summary>
    public IReadOnlyList<LabelMatch> LabelMatches { get; init; } = [];

    /// <summary>Whether two conditions exclude each other.</summary>
    public bool IsImpossible { get; init; }

    /// <summary>A label of the server's: Gmail's label id, a category of Outlook, a keyword of IMAP.</summary>
    public string? NativeLabel { get; init; }

    /// <summary>Only these messages, or those of the label above.</summary>
    public IReadOnlyCollection<string>? Keys { get; init; }

    /// <summary>The best first, among the newest <see cref="MostRanked"/> that match; else the newest first.</summary>
    public bool IsByRelevance { get; init; }

    public int Offset { get; init; }

    /// <summary>1–500.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Whether there are words to look up in the index; without any the rows alone answer.</summary>
    internal bool HasWords => From is not null || To is not null || Subject is not null || (Text is not null && !SaysOnlyFilters(Text));

    /// <summary>The query with these conditions too.</summary>
    internal SearchQuery Require(bool? isUnread = null, bool? isStarred = null, bool? hasAttachment = null) => this with
    {
        IsUnread = isUnread ?? IsUnread,
        IsStarred = isStarred ?? IsStarred,
        HasAttachment = hasAttachment ?? HasAttachment,
        IsImpossible = IsImpossible || Excludes(isUnread, IsUnread) || Excludes(isStarred, IsStarred) || Excludes(hasAttachment, HasAttachment),
    };

    private static bool Excludes(bool? one, bool? other) => one is not null && other is not null && one != other;

    private static bool SaysOnlyFilters(string text)
    {
        var terms = SearchTerms.Of(text).ToList();
        return terms.Count > 0 && terms.TrueForAll(term => !term.IsWord);
    }
}

/// <summary>A folder or label that is named in a query.</summary>
public sealed record SearchName(string Name, bool IsUnwanted);

/// <summary>Which messages have a label: those whose server says so, or these.</summary>
/// <param name="Native">What the server calls it; null when only we know it.</param>
/// <param name="Keys">Of the messages that have it; null when the server knows.</param>
public sealed record LabelMatch(string? Native, IReadOnlyCollection<string>? Keys, bool IsUnwanted);

/// <summary>A part of what was found.</summary>
/// <param name="Total">How many match; at least so many when <paramref name="IsTotalExact"/> is false.</param>
public sealed record SearchPage(IReadOnlyList<SearchHit> Messages, int Total, bool IsTotalExact, int Offset, int Limit)
{
    /// <summary>Keys of the messages whose bodies were cut; null when none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Cut => MessagePage.CutOf(Messages);

    /// <summary>What the servers said; null when they were not asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RemoteFindings? Remote { get; init; }
}

/// <summary>How many of an account's messages can be searched.</summary>
public sealed record SearchProgress(int Done, int Total);
