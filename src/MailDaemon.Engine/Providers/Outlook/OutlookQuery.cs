using System.Globalization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>What is searched for in the words of <c>$search</c> (KQL) and <c>$filter</c> (OData). Pure.</summary>
internal static class OutlookQuery
{
    /// <summary>The value of <c>$search</c>, quotation marks included; null when nothing is asked that it can say.</summary>
    public static string? Search(RemoteSearchRequest request)
    {
        string?[] terms =
        [
            .. request.Words.Select(Quoted),
            .. request.From.Select(word => $"from:{Quoted(word)}"),
            .. request.To.Select(word => $"participants:{Quoted(word)}"),
            .. request.Subject.Select(word => $"subject:{Quoted(word)}"),
            request.Since is { } since ? $"received>={Day(since.AddDays(-1))}" : null,
            request.Before is { } before ? $"received<={Day(before.AddDays(1))}" : null,
            .. request.Unwanted.Select(word => $"NOT {Quoted(word)}"),
        ];
        var query = string.Join(" AND ", terms.Where(term => term is not null)).Replace(" AND NOT ", " NOT ", StringComparison.Ordinal);
        return query.Length > 0 ? $"\"{query.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : null;
    }

    /// <summary>The value of <c>$filter</c> for what needs no search; null when nothing is asked.</summary>
    public static string? Filter(RemoteSearchRequest request)
    {
        string?[] terms =
        [
            request.Since is { } since ? $"receivedDateTime ge {Instant(since)}" : null,
            request.Before is { } before ? $"receivedDateTime lt {Instant(before)}" : null,
            request.IsUnread is { } isUnread ? $"isRead eq {(isUnread ? "false" : "true")}" : null,
            request.IsStarred is { } isStarred ? $"flag/flagStatus {(isStarred ? "eq" : "ne")} 'flagged'" : null,
        ];
        return string.Join(" and ", terms.Where(term => term is not null)) is { Length: > 0 } filter ? filter : null;
    }

    public static string HasMessageId(string messageId) => $"internetMessageId eq {Text(messageId)}";

    public static string HasCategory(string category) => $"categories/any(c:c eq {Text(category)})";

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Day(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>There is no way to write a quotation mark within quotation marks.</summary>
    private static string Quoted(string word) => $"\"{word.Replace('"', ' ').Replace('\\', ' ')}\"";
}
