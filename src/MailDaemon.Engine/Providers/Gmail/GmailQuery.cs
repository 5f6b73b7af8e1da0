using System.Globalization;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>What is searched for in Gmail's words (https://support.google.com/mail/answer/7190). Pure.</summary>
internal static class GmailQuery
{
    public static string? Of(RemoteSearchRequest request)
    {
        string?[] terms =
        [
            .. request.Words.Select(Quoted),
            .. request.Unwanted.Select(word => $"-{Quoted(word)}"),
            .. request.From.Select(word => $"from:{Quoted(word)}"),
            .. request.To.Select(word => $"{{to:{Quoted(word)} cc:{Quoted(word)} bcc:{Quoted(word)}}}"),
            .. request.Subject.Select(word => $"subject:{Quoted(word)}"),
            request.Since is { } since ? $"after:{Seconds(since.AddSeconds(-1))}" : null,
            request.Before is { } before ? $"before:{Seconds(before.AddSeconds(1))}" : null,
            Flag(request.IsUnread, "is:unread"),
            Flag(request.IsStarred, "is:starred"),
        ];
        return string.Join(' ', terms.Where(term => term is not null)) is { Length: > 0 } query ? query : null;
    }

    /// <summary>There is no way to write a quotation mark within quotation marks.</summary>
    private static string Quoted(string word) => $"\"{word.Replace('"', ' ')}\"";

    private static string Seconds(DateTimeOffset instant) => instant.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string? Flag(bool? isWanted, string flag) => isWanted switch
    {
        true => flag,
        false => $"-{flag}",
        null => null,
    };
}
