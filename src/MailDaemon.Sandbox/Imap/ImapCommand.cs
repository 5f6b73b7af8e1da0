using System.Globalization;
using System.Text;

namespace MailDaemon.Sandbox.Imap;

/// <summary>A whole command, literals included, and how far it has been read.</summary>
internal sealed class ImapCommand(string tag, ReadOnlyMemory<byte> text)
{
    private int position;

    public string Tag { get; } = tag;

    public bool AtEnd => position == text.Length;

    /// <summary>The next byte as a character, NUL at the end.</summary>
    public char Next => AtEnd ? '\0' : (char)text.Span[position];

    public bool TryTake(char c)
    {
        if (Next != c || AtEnd)
        {
            return false;
        }

        position++;
        return true;
    }

    public void Take(char c)
    {
        if (!TryTake(c))
        {
            throw new ImapSyntaxException(c == ' ' ? "Missing argument" : $"Expected {c}");
        }
    }

    public void Space() => Take(' ');

    public void End()
    {
        if (!AtEnd)
        {
            throw new ImapSyntaxException("Unexpected argument");
        }
    }

    /// <summary>atom = 1*ATOM-CHAR, in upper case: a name of the protocol.</summary>
    public string Word() => Run(static c => IsAtomChar(c) && c != '[').ToUpperInvariant();

    /// <summary>Takes a name of the protocol, if it is the next.</summary>
    public bool TryTakeWord(string word)
    {
        var before = position;
        if (Next is >= 'A' and <= 'z' && Word() == word)
        {
            return true;
        }

        position = before;
        return false;
    }

    /// <summary>astring = 1*ASTRING-CHAR / string</summary>
    public string AString() => Next is '"' or '{' ? Encoding.UTF8.GetString(String().Span) : Run(static c => IsAtomChar(c) || c == ']');

    /// <summary>list-mailbox = 1*list-char / string</summary>
    public string ListMailbox() =>
        Next is '"' or '{' ? Encoding.UTF8.GetString(String().Span) : Run(static c => IsAtomChar(c) || c is ']' or '%' or '*');

    /// <summary>mailbox = "INBOX" / astring, decoded from modified UTF-7</summary>
    public string Mailbox() => MailboxName.Decode(AString());

    /// <summary>string = quoted / literal</summary>
    public ReadOnlyMemory<byte> String() => Next == '{' ? Literal() : Quoted();

    /// <summary>flag = "\" atom / atom</summary>
    public string Flag() => TryTake('\\') ? "\\" + Run(IsAtomChar) : Run(IsAtomChar);

    /// <summary>flag-list = "(" [flag *(SP flag)] ")"</summary>
    public IReadOnlyList<string> FlagList()
    {
        Take('(');
        var flags = new List<string>();
        while (!TryTake(')'))
        {
            if (flags.Count > 0)
            {
                Space();
            }

            flags.Add(Flag());
        }

        return flags;
    }

    /// <summary>A list of words in parentheses, empty or not.</summary>
    public IReadOnlyList<string> WordList()
    {
        Take('(');
        var words = new List<string>();
        while (!TryTake(')'))
        {
            if (words.Count > 0)
            {
                Space();
            }

            words.Add(Word());
        }

        return words;
    }

    public NumberSet Set() => NumberSet.Parse(Run(static c => char.IsAsciiDigit(c) || c is ':' or ',' or '*'));

    /// <summary>number64 of RFC 9051, at most 2^63 - 1.</summary>
    public long Number() =>
        long.TryParse(Run(char.IsAsciiDigit), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ImapSyntaxException("The number is too large");

    /// <summary>date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE</summary>
    public DateTimeOffset DateTime() =>
        DateTimeOffset.TryParseExact(
            Encoding.ASCII.GetString(Quoted().Span).TrimStart(), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new ImapSyntaxException("Invalid date");

    /// <summary>date = date-text / DQUOTE date-text DQUOTE</summary>
    public DateOnly Date() =>
        DateOnly.TryParseExact(AString(), "d-MMM-yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new ImapSyntaxException("Invalid date");

    private static bool IsAtomChar(char c) => c is > ' ' and < '\x7f' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']');

    private string Run(Func<char, bool> accepts)
    {
        var first = position;
        while (!AtEnd && accepts(Next))
        {
            position++;
        }

        return position > first ? Encoding.ASCII.GetString(text.Span[first..position]) : throw new ImapSyntaxException("Missing or invalid argument");
    }

    private ReadOnlyMemory<byte> Quoted()
    {
        Take('"');
        var value = new List<byte>();
        while (!AtEnd && Next != '"')
        {
            if (TryTake('\\') && Next is not ('"' or '\\'))
            {
                throw new ImapSyntaxException("Invalid escape in a quoted string");
            }

            if (Next is '\r' or '\n' or '\0')
            {
                throw new ImapSyntaxException("Control character in a quoted string");
            }

            value.Add(text.Span[position++]);
        }

        Take('"');
        return value.ToArray();
    }

    /// <summary>literal = "{" number64 ["+"] "}" CRLF *CHAR8; the reader of the command has put the bytes right behind.</summary>
    private ReadOnlyMemory<byte> Literal()
    {
        Take('{');
        var length = (int)Number();
        TryTake('+');
        Take('}');
        Take('\r');
        Take('\n');
        var value = text.Slice(position, length);
        position += length;
        return value;
    }
}
