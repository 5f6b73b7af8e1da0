using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What the search index takes in of a message: folded tokens, as UTF-8.</summary>
/// <param name="Number">Of the message's row.</param>
/// <param name="Second">When the message was received, in Unix seconds.</param>
internal sealed record SearchDocument(long Number, long Second, byte[] Subject, byte[] Body, byte[] Sender, byte[] Recipients, byte[] Attachments)
{
    /// <summary>UTF-16 units of a message that are looked at, its text last.</summary>
    public const int LongestText = 256 * 1024;

    private const int LongestField = 32 * 1024;

    public int Bytes => Subject.Length + Body.Length + Sender.Length + Recipients.Length + Attachments.Length;

    /// <param name="content">Null when its file is missing: the fields of the row are found all the same.</param>
    public static SearchDocument From(SearchRow row, SearchedContent? content, SearchText text)
    {
        IReadOnlyList<EmailAddress> copies = content is null ? [] : [.. content.Cc, .. content.Bcc];
        var names = content?.Attachments.Select(attachment => attachment.Filename) ?? [];
        return new SearchDocument(
            row.Id,
            SecondOf(row.Date),
            text.Index(row.Subject, LongestField),
            text.Index(content?.Text ?? row.Snippet, LongestText),
            text.Index($"{row.FromName} {row.FromAddress}", LongestField),
            text.Index(Join([.. row.Recipients.Concat(copies).SelectMany(address => (string[])[address.Name, address.Address])]), LongestField),
            text.Index(Join([.. names]), LongestField));
    }

    /// <param name="date">Unix milliseconds.</param>
    public static long SecondOf(long date) => Math.DivRem(date, 1000) is var (second, rest) && rest < 0 ? second - 1 : second;

    /// <summary>A line each; not all of a list that nobody would read.</summary>
    private static string Join(IReadOnlyList<string> texts) => string.Join('\n', texts.Take(LongestField / 8));
}

/// <summary>A message's row as the index reads it.</summary>
/// <param name="Date">Unix milliseconds.</param>
internal sealed record SearchRow(
    long Id, long Date, string Subject, string FromName, string FromAddress, IReadOnlyList<EmailAddress> Recipients, string Snippet, byte[] Content);
