using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>A message as a search looks at it: taken apart when a term needs it.</summary>
internal sealed class SearchedMessage(GmailMessage message)
{
    private MimeMessage? parsed;

    public DateTimeOffset Date => message.InternalDate;

    public int Size => message.Raw.Length;

    public HeaderBlock Header => parsed?.Headers ?? (field ??= MimeParser.ParseHeaders(message.Raw));

    /// <summary>Of the attachments.</summary>
    public IReadOnlyList<string> FileNames => field ??= [.. Parsed.Leaves.Select(leaf => leaf.Filename).OfType<string>()];

    public bool HasUserLabel => message.LabelIds.Any(id => !SystemLabels.Has(id));

    private MimeMessage Parsed => parsed ??= MimeParser.Parse(message.Raw);

    public bool Has(string labelId) => message.Has(labelId);

    /// <summary>Whether one of the fields holds the words.</summary>
    public bool IsIn(string words, params IEnumerable<string> fields) => fields.SelectMany(Header.GetAll).Any(value => Holds(value, words));

    /// <summary>Whether the words stand in a place that a search without an operator looks at.</summary>
    public bool HasWord(string words) =>
        IsIn(words, "Subject", "From", "To", "Cc") || Holds(Parsed.Content.Text, words) || FileNames.Any(file => Holds(file, words));

    /// <summary>Whole words, whatever their case; in scripts without blanks between words any part.</summary>
    public static bool Holds(string text, string words)
    {
        for (var at = 0; words.Length > 0 && (at = text.IndexOf(words, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + words.Length;
            if ((at == 0 || !Continues(text[at - 1], text[at])) && (end == text.Length || !Continues(text[end - 1], text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Continues(char left, char right) => char.IsAsciiLetterOrDigit(left) && char.IsAsciiLetterOrDigit(right);
}
