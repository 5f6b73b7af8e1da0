using System.Text;
using MailDaemon.Protocols.Mime.Fields;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>Header fields as text: checked, encoded, folded at blanks (RFC 5322 §2.2.3).</summary>
internal sealed class HeaderText(bool allowUtf8)
{
    /// <summary>Of a line; 78 is the advice of RFC 5322, 76 what a line with encoded words may have (RFC 2047 §2).</summary>
    private const int MaxLine = 76;

    /// <summary>Of one word that cannot be folded; a line may have 998.</summary>
    private const int MaxWord = 900;

    private static readonly string[] Owned =
        ["Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version"];

    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    /// <summary>A structured value that is already in its grammar.</summary>
    public void Add(string name, string value)
    {
        RefuseControls(name, value);
        text.Append(name).Append(':');
        var column = name.Length + 1;
        foreach (var word in WordsWithBlanks(value))
        {
            if (column + word.Length > MaxLine && column > name.Length + 1)
            {
                text.Append("\r\n");
                column = 0;
            }

            text.Append(word);
            column += word.Length;
            if (word.Length > MaxWord)
            {
                throw new ArgumentException($"{name} has a word of more than {MaxWord} characters.", name);
            }
        }

        text.Append("\r\n");
    }

    public void AddUnstructured(string name, string value)
    {
        RefuseControls(name, value);
        Add(name, EncodedWord.IsNeeded(value, allowUtf8) ? EncodedWord.Encode(value, MaxLine - name.Length - 2) : value);
    }

    public void AddExtra(string name, string value)
    {
        var isName = name.Length > 0 && name.All(each => each is > ' ' and < '\x7F' and not ':');
        if (!isName || name.Length > 70 || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || Owned.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"\"{Printable(name)}\" cannot be an extra header field.", nameof(name));
        }

        AddUnstructured(name, value);
    }

    public void AddMailboxes(string name, IReadOnlyList<Mailbox> mailboxes)
    {
        if (mailboxes.Count > 0)
        {
            foreach (var mailbox in mailboxes)
            {
                RefuseControls(name, mailbox.Name);
                RefuseControls(name, mailbox.Address);
            }

            Add(name, string.Join(", ", mailboxes.Select(each => MailboxText.Format(each, allowUtf8))));
        }
    }

    /// <summary>An identifier of our own.</summary>
    public void AddMessageId(string name, string id)
    {
        RefuseControls(name, id);
        if (!IsMessageId(id))
        {
            throw new ArgumentException($"\"{Printable(id)}\" cannot be an identifier in {name}.", name);
        }

        Add(name, id);
    }

    /// <summary>Identifiers of strangers: one that cannot be written is left out, or its message could never be answered.</summary>
    public void AddForeignMessageIds(string name, IReadOnlyList<string> ids)
    {
        if (ids.Where(IsMessageId).ToList() is { Count: > 0 } written)
        {
            Add(name, string.Join(' ', written));
        }
    }

    /// <summary>A value with parameters that are a stranger's words; empty ones are left out.</summary>
    public void AddParameters(string name, string value, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var written = new List<string> { value };
        foreach (var (parameter, words) in parameters.Where(parameter => parameter.Value.Length > 0))
        {
            RefuseControls(name, words);

            // QUIRK: the name of Content-Type is read as encoded words by what does not know RFC 2231 (QQ mail, old Outlook).
            written.AddRange(ParameterText.Format(parameter, words, useEncodedWords: parameter == "name"));
        }

        Add(name, string.Join("; ", written));
    }

    /// <remarks><c>msg-id = "&lt;" id-left "@" id-right "&gt;"</c>; ids without an @ are in use</remarks>
    private bool IsMessageId(string id) =>
        id.Length is >= 3 and <= MaxWord && id[0] == '<' && id[^1] == '>' && !id.AsSpan(1, id.Length - 2).ContainsAny('<', '>', ' ') && !id.Any(char.IsControl) && (allowUtf8 || Ascii.IsValid(id));

    /// <summary>CR and LF would begin a field of the attacker's; other controls have no place in one.</summary>
    private static void RefuseControls(string name, string value)
    {
        if (value.Any(char.IsControl))
        {
            throw new ArgumentException($"{name} has a control character.", name);
        }

        if (value.Any(char.IsSurrogate) && !IsWellFormed(value))
        {
            throw new ArgumentException($"{name} has half a character.", name);
        }
    }

    private static bool IsWellFormed(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && !(i + 1 < value.Length && char.IsSurrogatePair(value[i], value[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static string Printable(string text) => string.Concat(text.Take(80).Select(each => char.IsControl(each) ? '?' : each));

    /// <summary>Each word with the blanks in front of it; the first has the one after the colon.</summary>
    private static IEnumerable<string> WordsWithBlanks(string value)
    {
        var line = " " + value;
        var start = 0;
        for (var i = 1; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == ' ' && line[i - 1] != ' '))
            {
                yield return line[start..i];
                start = i;
            }
        }
    }
}
