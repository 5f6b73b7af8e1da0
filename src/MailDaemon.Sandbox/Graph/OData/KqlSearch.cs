using System.Globalization;
using MailDaemon.Sandbox.Graph.Mailboxes;

namespace MailDaemon.Sandbox.Graph.OData;

/// <summary>
/// <c>$search</c> over messages, in the part of the Keyword Query Language that mail in Graph has: words and phrases, <c>property:value</c>, dates, AND, OR, NOT
/// and brackets. Terms without an operator between them must all match. Words are matched from their beginning.
/// </summary>
internal sealed class KqlSearch
{
    private const int MaxTerms = 200;

    private readonly List<string> terms;
    private int position;

    private KqlSearch(List<string> terms)
    {
        this.terms = terms;
        Matches = Or();
        if (position < terms.Count)
        {
            throw Bad();
        }
    }

    public Func<GraphMessage, bool> Matches { get; }

    /// <param name="text">As it stands in the address: in double quotes, those inside it after a backslash.</param>
    /// <exception cref="GraphException">It is no search.</exception>
    public static KqlSearch Parse(string text)
    {
        text = text.Trim();
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"' && (!text[1..^1].Contains('"', StringComparison.Ordinal) || text.Contains("\\\"", StringComparison.Ordinal)))
        {
            text = text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal);
        }
        else if (text.Any(c => char.IsWhiteSpace(c) || c == ':'))
        {
            // Without quotes around it only one word is allowed.
            throw new GraphException(400, "BadRequest", $"Syntax error: the value of $search must stand in double quotes: '{text}'.");
        }

        return Terms(text) is { Count: > 0 and <= MaxTerms } found ? new KqlSearch(found) : throw Bad();
    }

    private static List<string> Terms(string text)
    {
        var found = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else if (text[i] is '(' or ')')
            {
                found.Add(text[i++].ToString());
            }
            else
            {
                var (start, isQuoted) = (i, false);
                while (i < text.Length && (isQuoted || (!char.IsWhiteSpace(text[i]) && text[i] is not ('(' or ')'))))
                {
                    isQuoted ^= text[i++] == '"';
                }

                found.Add(isQuoted ? throw Bad() : text[start..i]);
            }
        }

        return found;
    }

    private Func<GraphMessage, bool> Or()
    {
        var left = And();
        while (Take("OR"))
        {
            var (first, second) = (left, And());
            left = message => first(message) || second(message);
        }

        return left;
    }

    private Func<GraphMessage, bool> And()
    {
        var left = One();
        while (position < terms.Count && terms[position] is not (")" or "OR"))
        {
            Take("AND");
            var (first, second) = (left, One());
            left = message => first(message) && second(message);
        }

        return left;
    }

    private Func<GraphMessage, bool> One()
    {
        if (Take("NOT"))
        {
            var inner = One();
            return message => !inner(message);
        }

        if (Take("("))
        {
            var inner = Or();
            return Take(")") ? inner : throw Bad();
        }

        var term = position < terms.Count && terms[position] != ")" ? terms[position++] : throw Bad();
        if (term.Length > 1 && term[0] == '-')
        {
            var inner = Term(term[1..]);
            return message => !inner(message);
        }

        return Term(term);
    }

    private bool Take(string word)
    {
        if (position >= terms.Count || terms[position] != word)
        {
            return false;
        }

        position++;
        return true;
    }

    private static Func<GraphMessage, bool> Term(string term)
    {
        var end = term.AsSpan().IndexOfAny(":<>=\"");
        if (end <= 0 || term[end] == '"')
        {
            var words = Unquoted(term);
            return message => IsAnywhere(message, words);
        }

        var name = term[..end].ToLowerInvariant();
        var sign = string.Concat(term[end..].TakeWhile(c => c is ':' or '<' or '>' or '='));
        var value = Unquoted(term[(end + sign.Length)..]);
        sign = sign == ":" ? "=" : sign.TrimStart(':');
        return value.Length == 0 ? throw Bad() : name switch
        {
            "from" => message => IsInFields(message, value, "From", "Sender"),
            "to" => message => IsInFields(message, value, "To"),
            "cc" => message => IsInFields(message, value, "Cc"),
            "bcc" => message => IsInFields(message, value, "Bcc"),
            "recipients" => message => IsInFields(message, value, "To", "Cc", "Bcc"),
            "participants" => message => IsInFields(message, value, "From", "To", "Cc", "Bcc"),
            "subject" => message => Holds(message.Subject, value),
            "body" => message => Holds(message.Content.Text, value),
            "attachment" => message => message.Content.Mime.Attachments.Any(part => Holds(part.Filename ?? "", value)),
            "hasattachment" or "hasattachments" => message => message.Content.HasAttachments == value.Equals("true", StringComparison.OrdinalIgnoreCase),
            "isread" or "read" => message => message.IsRead == value.Equals("true", StringComparison.OrdinalIgnoreCase),
            "category" => message => message.Categories.Any(category => Holds(category, value)),
            "importance" => message => message.Importance.Equals(value, StringComparison.OrdinalIgnoreCase),
            "received" => Date(sign, value, message => message.ReceivedAt),
            "sent" => Date(sign, value, message => message.Content.Header.Date ?? message.ReceivedAt),
            "size" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) => message => Compares(((long)message.Raw.Length).CompareTo(size), sign),
            _ => throw Bad(),
        };
    }

    private static Func<GraphMessage, bool> Date(string sign, string value, Func<GraphMessage, DateTimeOffset> get)
    {
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            throw Bad();
        }

        // A day without a time is the whole day.
        var isDay = !value.Contains(':', StringComparison.Ordinal);
        return message => Compares(isDay ? get(message).UtcDateTime.Date.CompareTo(date.UtcDateTime.Date) : get(message).CompareTo(date), sign);
    }

    private static bool Compares(int order, string sign) => sign switch
    {
        "=" => order == 0,
        ">" => order > 0,
        ">=" => order >= 0,
        "<" => order < 0,
        "<=" => order <= 0,
        "<>" => order != 0,
        _ => throw Bad(),
    };

    private static bool IsAnywhere(GraphMessage message, string words) =>
        IsInFields(message, words, "From", "To", "Cc", "Bcc") || Holds(message.Subject, words) || Holds(message.Content.Text, words)
        || message.Content.Mime.Attachments.Any(part => Holds(part.Filename ?? "", words));

    private static bool IsInFields(GraphMessage message, string words, params IEnumerable<string> names) =>
        names.SelectMany(message.Content.Header.GetAll).Any(value => Holds(value, words));

    /// <summary>Whether the words begin where a word begins; in scripts without blanks between words anywhere.</summary>
    private static bool Holds(string text, string words)
    {
        words = words.TrimEnd('*');
        for (var at = 0; words.Length > 0 && (at = text.IndexOf(words, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]) || !char.IsAsciiLetterOrDigit(text[at]))
            {
                return true;
            }
        }

        return false;
    }

    private static string Unquoted(string text) => text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    private static GraphException Bad() => new(400, "BadRequest", "The search query is not valid.");
}
