using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What the search index takes in of a message: folded tokens, as UTF-8.</summary>
internal sealed record SearchDocument(long RowId, byte[] Subject, byte[] Body, byte[] Sender, byte[] Recipients, byte[] Attachments)
{
    /// <summary>UTF-16 units of a message that are looked at, its text last.</summary>
    public const int LongestText = 256 * 1024;

    private const int LongestField = 32 * 1024;
    private const int NumberBits = 24;
    private const long NumberMask = (1L << NumberBits) - 1;

    public int Bytes => Subject.Length + Body.Length + Sender.Length + Recipients.Length + Attachments.Length;

    /// <param name="content">Null when its file is missing: the fields of the row are found all the same.</param>
    public static SearchDocument From(SearchRow row, MessageContent? content, SearchText text)
    {
        IReadOnlyList<EmailAddress> copies = content is null ? [] : [.. content.Cc, .. content.Bcc];
        var names = content?.Attachments.Select(attachment => attachment.Filename) ?? [];
        return new SearchDocument(
            RowIdOf(row.Date, row.Id),
            text.Index(row.Subject, LongestField),
            text.Index(content?.Text ?? row.Snippet, LongestText),
            text.Index($"{row.FromName} {row.FromAddress}", LongestField),
            text.Index(Join([.. row.Recipients.Concat(copies).SelectMany(address => (string[])[address.Name, address.Address])]), LongestField),
            text.Index(Join([.. names]), LongestField));
    }

    /// <summary>In the order of time, so that the newest are found first without sorting; the row's number tells those of a second apart.</summary>
    /// <param name="date">Unix milliseconds.</param>
    public static long RowIdOf(long date, long number) => (SecondOf(date) << NumberBits) | (number & NumberMask);

    /// <summary>The lowest row id of what has this date or a later one.</summary>
    public static long FirstRowIdOf(long date) => SecondOf(date) << NumberBits;

    /// <summary>The highest row id of what has this date or an earlier one.</summary>
    public static long LastRowIdOf(long date) => (SecondOf(date) << NumberBits) | NumberMask;

    /// <summary>The row numbers up to <paramref name="newest"/> that a row id can stand for: one, until an account has seen sixteen million messages.</summary>
    public static IEnumerable<long> NumbersOf(long rowId, long newest)
    {
        for (var number = rowId & NumberMask; number <= newest; number += NumberMask + 1)
            yield return number;
    }

    private static long SecondOf(long date) => Math.DivRem(date, 1000) is var (second, rest) && rest < 0 ? second - 1 : second;

    /// <summary>A line each; not all of a list that nobody would read.</summary>
    private static string Join(IReadOnlyList<string> texts) => string.Join('\n', texts.Take(LongestField / 8));
}

/// <summary>A message's row as the index reads it.</summary>
/// <param name="Date">Unix milliseconds.</param>
internal sealed record SearchRow(
    long Id, long Date, string Subject, string FromName, string FromAddress, IReadOnlyList<EmailAddress> Recipients, string Snippet, byte[] Content);
