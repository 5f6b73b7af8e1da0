using System.Globalization;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>
/// A search in the words of Gmail's search box: terms, all of which must hold; <c>-</c> for not; <c>OR</c> and <c>{}</c> for any; <c>()</c>
/// around several; <c>"a phrase"</c>; and operators (support.google.com/mail/answer/7190). What is not known as an operator is a word.
/// </summary>
internal sealed class GmailQuery
{
    private const int MaxDepth = 20;

    private readonly string text;
    private readonly GmailMailbox mailbox;
    private readonly DateTimeOffset now;
    private readonly Func<SearchedMessage, bool>? condition;
    private int position;

    private GmailQuery(string text, GmailMailbox mailbox, DateTimeOffset now)
    {
        this.text = text;
        this.mailbox = mailbox;
        this.now = now;
        condition = text.Trim().Length == 0 ? null : All('\0', 0);
    }

    /// <summary>Whether it asks for what is in Spam or Trash too.</summary>
    public bool ShowsBins { get; private set; }

    public static GmailQuery Parse(string text, GmailMailbox mailbox, DateTimeOffset now) => new(text, mailbox, now);

    public bool Matches(GmailMessage message) => condition is null || condition(new SearchedMessage(message));

    /// <summary>Terms up to a closing bracket or the end; those beside an OR count as one.</summary>
    private Func<SearchedMessage, bool> All(char close, int depth)
    {
        var terms = new List<List<Func<SearchedMessage, bool>>>();
        var joins = false;
        while (Skip() && text[position] != close)
        {
            if (TakeWord("OR") || TakeWord("|"))
            {
                joins = terms.Count > 0;
                continue;
            }

            if (TakeWord("AND"))
            {
                continue;
            }

            if (joins)
            {
                terms[^1].Add(Term(depth));
            }
            else
            {
                terms.Add([Term(depth)]);
            }

            joins = false;
        }

        position = Math.Min(position + 1, text.Length);
        return close == '}'
            ? message => terms.Exists(any => any.Exists(term => term(message)))
            : message => terms.TrueForAll(any => any.Exists(term => term(message)));
    }

    private Func<SearchedMessage, bool> Term(int depth)
    {
        if (depth > MaxDepth)
        {
            throw GmailException.InvalidArgument("Invalid query");
        }

        switch (text[position])
        {
            case '-':
                position++;
                return Skip() && Term(depth + 1) is { } term ? message => !term(message) : _ => true;
            case '(':
                position++;
                return All(')', depth + 1);
            case '{':
                position++;
                return All('}', depth + 1);
            case ')' or '}':
                position++;
                return _ => true;
        }

        var word = Value();
        if (position < text.Length && text[position] == ':' && word.Length > 0)
        {
            position++;
            var name = word.ToLowerInvariant();
            if (position < text.Length && text[position] is '(' or '{')
            {
                return Group(name, depth);
            }

            var value = Value(takesColons: true);
            return Operator(name, value) ?? (message => message.HasWord($"{word}:{value}"));
        }

        // A colon with nothing before it.
        position += word.Length == 0 && position < text.Length ? 1 : 0;
        return message => word.Length == 0 || message.HasWord(word);
    }

    /// <summary>subject:(a b), from:{a b}: the operator counts for each word.</summary>
    private Func<SearchedMessage, bool> Group(string name, int depth)
    {
        var (open, close) = text[position] == '(' ? ('(', ')') : ('{', '}');
        position++;
        var terms = new List<Func<SearchedMessage, bool>>();
        var isAny = open == '{';
        while (Skip() && text[position] != close)
        {
            if (TakeWord("OR"))
            {
                isAny = true;
                continue;
            }

            var isNot = text[position] == '-' && position++ >= 0;
            var value = Value();
            if (value.Length == 0)
            {
                position++;
                continue;
            }

            var term = Operator(name, value) ?? (message => message.HasWord(value));
            terms.Add(isNot ? message => !term(message) : term);
        }

        position = Math.Min(position + 1, text.Length);
        return isAny ? message => terms.Exists(term => term(message)) : message => terms.TrueForAll(term => term(message));
    }

    private Func<SearchedMessage, bool>? Operator(string name, string value) => name switch
    {
        "from" => message => message.IsIn(value, "From"),
        "to" => message => message.IsIn(value, "To", "Cc", "Bcc"),
        "cc" => message => message.IsIn(value, "Cc"),
        "bcc" => message => message.IsIn(value, "Bcc"),
        "deliveredto" => message => message.IsIn(value, "Delivered-To"),
        "list" => message => message.IsIn(value, "List-Id"),
        "subject" => message => message.IsIn(value, "Subject"),
        "rfc822msgid" => message => message.Header.Get("Message-ID")?.Trim('<', '>', ' ') == value.Trim('<', '>'),
        "is" => Is(value.ToLowerInvariant()),
        "in" => In(value.ToLowerInvariant()),
        "label" => Label(value),
        "category" => message => message.Has($"CATEGORY_{(value.Equals("primary", StringComparison.OrdinalIgnoreCase) ? "PERSONAL" : value.ToUpperInvariant())}"),
        "has" => Has(value.ToLowerInvariant()),
        "filename" => message => message.FileNames.Any(file => file.EndsWith("." + value, StringComparison.OrdinalIgnoreCase) || SearchedMessage.Holds(file, value)),
        "after" or "newer" => Day(value) is { } date ? message => message.Date >= date : null,
        "before" or "older" => Day(value) is { } date ? message => message.Date < date : null,
        "newer_than" => Span(value) is { } span ? message => message.Date >= span : null,
        "older_than" => Span(value) is { } span ? message => message.Date < span : null,
        "larger" => Size(value) is { } size ? message => message.Size > size : null,
        "smaller" => Size(value) is { } size ? message => message.Size < size : null,
        "size" => Size(value) is { } size ? message => message.Size >= size : null,
        _ => null,
    };

    private static Func<SearchedMessage, bool>? Is(string value) => value switch
    {
        "unread" => message => message.Has(SystemLabels.Unread),
        "read" => message => !message.Has(SystemLabels.Unread),
        "starred" => message => message.Has(SystemLabels.Starred),
        "important" => message => message.Has(SystemLabels.Important),
        "sent" => message => message.Has(SystemLabels.Sent),
        "draft" => message => message.Has(SystemLabels.Draft),
        _ => null,
    };

    private Func<SearchedMessage, bool>? In(string value)
    {
        ShowsBins |= value is "anywhere" or "trash" or "spam";
        return value switch
        {
            "anywhere" => _ => true,
            "draft" or "drafts" => message => message.Has(SystemLabels.Draft),
            "inbox" or "sent" or "trash" or "spam" or "starred" or "important" => message => message.Has(value.ToUpperInvariant()),
            "archive" => message => !message.Has(SystemLabels.Inbox) && !message.Has(SystemLabels.Sent) && !message.Has(SystemLabels.Draft),
            _ => Label(value),
        };
    }

    /// <summary>Blanks and slashes may be written as hyphens. An unknown label finds nothing.</summary>
    private Func<SearchedMessage, bool> Label(string value)
    {
        var wanted = Hyphened(value);
        var labelId = SystemLabels.All.FirstOrDefault(id => id.Equals(value, StringComparison.OrdinalIgnoreCase))
            ?? mailbox.Labels.FirstOrDefault(label => Hyphened(label.Name) == wanted)?.Id;
        ShowsBins |= labelId is not null && SystemLabels.Bins.Contains(labelId, StringComparer.Ordinal);
        return message => labelId is not null && message.Has(labelId);
    }

    private static string Hyphened(string name) => name.ToLowerInvariant().Replace(' ', '-').Replace('/', '-');

    private static Func<SearchedMessage, bool>? Has(string value) => value switch
    {
        "attachment" => message => message.FileNames.Count > 0,
        "userlabels" => message => message.HasUserLabel,
        "nouserlabels" => message => !message.HasUserLabel,
        _ => null,
    };

    /// <summary>Seconds since 1970, or a day, which begins at midnight in California (Gmail API, "Searching for messages").</summary>
    private static DateTimeOffset? Day(string value)
    {
        if (value.Length > 8 && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 100_000_000_000)
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        string[] forms = ["yyyy/M/d", "yyyy-M-d", "M/d/yyyy"];
        return DateTime.TryParseExact(value, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? new DateTimeOffset(day, TimeSpan.FromHours(-8)) : null;
    }

    private DateTimeOffset? Span(string value) =>
        value.Length > 1 && int.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count < 10_000
            ? value[^1] switch
            {
                'h' => now.AddHours(-count),
                'd' => now.AddDays(-count),
                'm' => now.AddMonths(-count),
                'y' when count < 1000 => now.AddYears(-count),
                _ => null,
            }
            : null;

    private static long? Size(string value)
    {
        var (digits, unit) = value.TrimEnd('b', 'B') switch
        {
            [.. var number, 'k' or 'K'] => (number, 1024L),
            [.. var number, 'm' or 'M'] => (number, 1024L * 1024),
            var number => (number, 1L),
        };
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count * unit : null;
    }

    private bool Skip()
    {
        while (position < text.Length && (char.IsWhiteSpace(text[position]) || text[position] == ','))
        {
            position++;
        }

        return position < text.Length;
    }

    private bool TakeWord(string word)
    {
        var end = position + word.Length;
        if (string.CompareOrdinal(text, position, word, 0, word.Length) != 0 || (end < text.Length && !char.IsWhiteSpace(text[end])))
        {
            return false;
        }

        position = end;
        return true;
    }

    /// <summary>A phrase in quotes, or what stands up to a blank, a bracket or a colon.</summary>
    private string Value(bool takesColons = false)
    {
        if (position < text.Length && text[position] == '"')
        {
            var end = text.IndexOf('"', position + 1);
            end = end < 0 ? text.Length : end;
            var phrase = text[(position + 1)..end];
            position = Math.Min(end + 1, text.Length);
            return phrase;
        }

        var start = position;
        while (position < text.Length && !char.IsWhiteSpace(text[position]) && text[position] is not ('(' or ')' or '{' or '}' or '"' or ',')
            && (takesColons || text[position] != ':'))
        {
            position++;
        }

        return text[start..position];
    }
}
