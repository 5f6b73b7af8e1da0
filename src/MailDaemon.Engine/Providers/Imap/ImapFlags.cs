using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>System flags and keywords of IMAP (RFC 3501 §2.3.2) and ours. Pure.</summary>
internal static class ImapFlags
{
    /// <summary>QUIRK: Dovecot takes no longer ones (mail_max_keyword_length).</summary>
    private const int LongestKeyword = 50;

    private static readonly (MessageFlags Flag, string Name)[] Table =
    [
        (MessageFlags.Read, "\\Seen"),
        (MessageFlags.Starred, "\\Flagged"),
        (MessageFlags.Answered, "\\Answered"),
        (MessageFlags.Draft, "\\Draft"),
        (MessageFlags.Forwarded, "$Forwarded"),
    ];

    public static MessageFlags Read(IReadOnlyList<string> names)
    {
        var flags = MessageFlags.None;
        foreach (var name in names)
        {
            foreach (var (flag, known) in Table)
            {
                if (string.Equals(name, known, StringComparison.OrdinalIgnoreCase))
                {
                    flags |= flag;
                }
            }
        }

        return flags;
    }

    public static IReadOnlyList<string> Write(MessageFlags flags) => [.. Table.Where(t => flags.HasFlag(t.Flag)).Select(t => t.Name)];

    /// <summary>The keywords: what is neither a system flag nor kept as a flag of ours. Sorted, so that equal sets are equal lists.</summary>
    public static IReadOnlyList<string> Keywords(IReadOnlyList<string> names) =>
        [.. names.Where(n => !n.StartsWith('\\') && !string.Equals(n, "$Forwarded", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];

    /// <summary>A keyword for a name in any language: modified UTF-7, as Thunderbird writes it; null when servers would not take it for its length.</summary>
    public static string? Keyword(string name)
    {
        var keyword = string.Concat(ModifiedUtf7.Encode(name).Select(c => c is <= ' ' or '(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']' or >= '\x7f' ? '_' : c));
        return keyword.Length <= LongestKeyword ? keyword : null;
    }
}
