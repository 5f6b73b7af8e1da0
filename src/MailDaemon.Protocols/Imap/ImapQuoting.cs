namespace MailDaemon.Protocols.Imap;

/// <summary>How a text is written in a command.</summary>
public enum ImapTextForm
{
    /// <summary>As it is.</summary>
    Atom,

    /// <summary>Between quotation marks.</summary>
    Quoted,

    /// <summary>As counted bytes.</summary>
    Literal,
}

/// <summary>Decides how text is written so that no server can read it as anything else (RFC 9051 §4.3).</summary>
public static class ImapQuoting
{
    /// <summary>Text longer than this is sent as a literal, because some servers bound their lines. Bytes.</summary>
    private const int MaxQuoted = 1000;

    /// <summary>The form for an astring.</summary>
    /// <param name="allowUtf8">UTF8=ACCEPT or IMAP4rev2 is enabled: quotation marks may enclose UTF-8.</param>
    public static ImapTextForm FormOf(string text, bool allowUtf8 = false)
    {
        if (text.Length > MaxQuoted)
        {
            return ImapTextForm.Literal;
        }

        var form = text.Length == 0 || text.Equals("NIL", StringComparison.OrdinalIgnoreCase) ? ImapTextForm.Quoted : ImapTextForm.Atom;
        foreach (var c in text)
        {
            if (c is '"' or '\\' or < ' ' or '\x7f' || (c > '\x7f' && !allowUtf8))
            {
                return ImapTextForm.Literal;
            }

            if (!IsAtomChar(c))
            {
                form = ImapTextForm.Quoted;
            }
        }

        return form;
    }

    /// <summary>ATOM-CHAR, without "]" so that a word can never end a response code or section.</summary>
    public static bool IsAtomChar(char c) => c is > ' ' and < '\x7f' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']' or '[');

    /// <summary>Refuses what could end a line or a string early.</summary>
    /// <exception cref="ArgumentException">The text holds CR, LF or NUL.</exception>
    public static void RequireSafe(string text, string name)
    {
        if (text.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new ArgumentException("CR, LF and NUL cannot be sent in IMAP", name);
        }
    }

    /// <summary>flag = "\" atom / atom</summary>
    /// <exception cref="ArgumentException">It is no flag.</exception>
    public static void RequireFlag(string flag, string name)
    {
        var word = flag.StartsWith('\\') ? flag.AsSpan(1) : flag;
        if (word.IsEmpty || flag.Length > MaxQuoted)
        {
            throw new ArgumentException($"'{flag}' is no IMAP flag", name);
        }

        foreach (var c in word)
        {
            // "[" and "]" are atom characters, and keywords like [css3-page] are met.
            if (!IsAtomChar(c) && c is not ('[' or ']'))
            {
                throw new ArgumentException($"'{flag}' is no IMAP flag", name);
            }
        }
    }
}
