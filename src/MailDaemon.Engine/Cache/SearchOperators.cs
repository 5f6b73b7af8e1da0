using System.Globalization;
using System.Text.RegularExpressions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>The filters in what people type (<c>is:unread</c>, <c>before:2026-01-31</c>), as conditions of the query.</summary>
public static partial class SearchOperators
{
    private static readonly string[] Days = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d"];

    /// <summary>The query with the conditions that the filters in its text say beside those that it has.</summary>
    /// <param name="zone">Of the days that are named.</param>
    /// <exception cref="MailException">InvalidInput: a filter has a value that it does not know.</exception>
    public static SearchQuery Apply(SearchQuery query, TimeZoneInfo zone)
    {
        foreach (var term in SearchTerms.Of(query.Text).Where(term => !term.IsWord))
            query = Apply(query, term, zone);
        return query;
    }

    /// <summary>The first instant of a day; where clocks go forward at midnight, that is later than 0:00.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        var ticks = midnight.Ticks - offset.Ticks;
        return new DateTimeOffset(Math.Clamp(ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
    }

    private static SearchQuery Apply(SearchQuery query, SearchTerm term, TimeZoneInfo zone)
    {
        var isSo = !term.IsUnwanted;
        return (term.Field, term.Text.ToLowerInvariant()) switch
        {
            (SearchField.In, "anywhere" or "all") => query,
            (SearchField.In, _) => query with { Folders = [.. query.Folders, new SearchName(term.Text, term.IsUnwanted)] },
            (SearchField.Label, _) => query with { Labels = [.. query.Labels, new SearchName(term.Text, term.IsUnwanted)] },
            (SearchField.Is, "unread") => query.Require(isUnread: isSo),
            (SearchField.Is, "read" or "seen") => query.Require(isUnread: !isSo),
            (SearchField.Is, "starred" or "flagged") => query.Require(isStarred: isSo),
            (SearchField.Is, "unstarred" or "unflagged") => query.Require(isStarred: !isSo),
            (SearchField.Has, "attachment" or "attachments" or "file") => query.Require(hasAttachment: isSo),
            (SearchField.Before, _) when isSo => Until(query, Day(term, zone)),
            (SearchField.Before, _) => From(query, Day(term, zone)),
            (SearchField.After, _) when isSo => From(query, Day(term, zone)),
            (SearchField.After, _) => Until(query, Day(term, zone)),
            (SearchField.Larger, _) when isSo => query with { LargerThan = Math.Max(query.LargerThan ?? 0, Bytes(term)) },
            (SearchField.Larger, _) => query with { SmallerThan = Math.Min(query.SmallerThan ?? long.MaxValue, Bytes(term) + 1) },
            (SearchField.Smaller, _) when isSo => query with { SmallerThan = Math.Min(query.SmallerThan ?? long.MaxValue, Bytes(term)) },
            (SearchField.Smaller, _) => query with { LargerThan = Math.Max(query.LargerThan ?? 0, Bytes(term) - 1) },
            (SearchField.Is, _) => throw Unknown(term, "unread, read, starred or unstarred"),
            _ => throw Unknown(term, "attachment"),
        };
    }

    private static SearchQuery From(SearchQuery query, DateTimeOffset since) => query with { Since = query.Since > since ? query.Since : since };

    private static SearchQuery Until(SearchQuery query, DateTimeOffset before) => query with { Before = query.Before < before ? query.Before : before };

    private static DateTimeOffset Day(SearchTerm term, TimeZoneInfo zone) => DateOnly.TryParseExact(term.Text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? StartOf(day, zone)
        : throw Unknown(term, "a day like 2026-01-31");

    private static long Bytes(SearchTerm term)
    {
        var match = Size().Match(term.Text);
        if (!match.Success || !decimal.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw Unknown(term, "a size like 500K or 5M");
        var unit = match.Groups["unit"].Value.ToUpperInvariant() switch
        {
            "K" => 1024L,
            "M" => 1024L * 1024,
            "G" => 1024L * 1024 * 1024,
            _ => 1,
        };
        return (long)(number * unit);
    }

    private static MailException Unknown(SearchTerm term, string known) =>
        MailException.InvalidInput("invalid_parameter", $"q: {term.Field.ToString().ToLowerInvariant()}: takes {known}. To search for it as text put it in quotation marks");

    [GeneratedRegex(@"^(?<number>\d{1,9}(\.\d{1,3})?)(?<unit>[kmgKMG]?)[bB]?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Size();
}
