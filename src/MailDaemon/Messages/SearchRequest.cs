using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>In which order a search answers.</summary>
public enum SearchSort
{
    Newest,
    Relevance,
}

/// <summary>What is searched for; what the search of one account and that of all share.</summary>
public abstract record SearchRequest : FilterRequest
{
    private const int MostItems = 200;

    private const string QuerySyntax =
        "Words that must all be there, in subject, text, sender, recipients or attachment names; \"a phrase\"; -without. "
        + "Any language: a word of two Chinese characters is found, Müller by muller, 報價單 by 报价单. "
        + "Operators, each also with a minus in front and with a value in quotation marks: from:anna, to:me@example.com, subject:\"new offer\", filename:pdf, "
        + "in:inbox (a folder's role or path), label:work (id or name), is:unread, is:read, is:starred, is:unstarred, has:attachment, "
        + "before:2026-01-31 (the days before it), after:2026-01-31 (from that day on, local time), larger:5M, smaller:500K. "
        + "Any other word with a colon is searched as text";

    [Description(QuerySyntax), Example("报价 from:anna is:unread"), StringLength(2000), Alias("query"), NotCalled("search", "keyword", "text")]
    public string? Q { get; init; }

    [Description("The sender: words or beginnings of words of name or address"), Example("anna"), StringLength(500)]
    public string? From { get; init; }

    [Description("A recipient, Cc and Bcc included: words or beginnings of words of name or address"), Example("me@example.com"), StringLength(500)]
    public string? To { get; init; }

    [Description("Words or beginnings of words of the subject"), Example("quotation"), StringLength(2000)]
    public string? Subject { get; init; }

    [Description("From this day on, local time"), Example("2026-01-01"), NotCalled("since", "after")]
    public DateOnly? DateFrom { get; init; }

    [Description("To this day, local time, all of it"), Example("2026-12-31"), NotCalled("until", "before")]
    public DateOnly? DateTo { get; init; }

    [Description("Matches to leave out"), Range(0, 100_000), Alias("skip")]
    public int Offset { get; init; }

    [Description("Matches to list"), Range(1, MostItems), Alias("pageSize", "maxResults"), NotCalled("top", "count", "size")]
    public int Limit { get; init; } = 50;

    [Description("newest, or relevance: the best first"), Example("newest")]
    public SearchSort Sort { get; init; } = SearchSort.Newest;

    [Description("true: the mail servers are asked too, at most 20 s. What they find beside the cache is brought into it and listed; remote says how much there was, and where it failed"), Example("false")]
    public bool Remote { get; init; }

    internal async Task<SearchPage> RunAsync(MailSearch search, IReadOnlyList<Account> of, TimeZoneInfo zone, CancellationToken ct) =>
        Remote ? await search.SearchRemotelyAsync(of, ToQuery(zone), Body, Label, ct) : search.Search(of, ToQuery(zone), Body, Label);

    private SearchQuery ToQuery(TimeZoneInfo zone)
    {
        if (DateFrom > DateTo)
            throw MailException.InvalidInput("invalid_parameter", "dateFrom is later than dateTo");
        if (!string.IsNullOrWhiteSpace(Q) && string.Equals(Q.Trim(), "-", StringComparison.Ordinal))
            throw MailException.InvalidInput("invalid_parameter", "q is a lone minus; put the word that is not wanted right behind it");
        return SearchOperators.Apply(new SearchQuery
        {
            Text = Given(Q),
            From = Given(From),
            To = Given(To),
            Subject = Given(Subject),
            Since = DateFrom is { } first ? SearchOperators.StartOf(first, zone) : null,
            Before = DateTo is { } last && last < DateOnly.MaxValue ? SearchOperators.StartOf(last.AddDays(1), zone) : null,
            HasAttachment = HasAttachment,
            IsUnread = IsUnread,
            IsStarred = IsStarred,
            IsAnswered = IsAnswered,
            IsForwarded = IsForwarded,
            Folder = Folder,
            IsByRelevance = Sort == SearchSort.Relevance,
            Offset = Offset,
            Limit = Limit,
        }, zone);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
