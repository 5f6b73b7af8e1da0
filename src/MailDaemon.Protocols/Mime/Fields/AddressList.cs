using System.Buffers;
using System.Text;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>From, Sender, To, Cc, Bcc, Reply-To.</summary>
/// <remarks>
/// <c>address-list = address *("," address); address = mailbox / group; mailbox = [display-name] angle-addr / addr-spec;
/// group = display-name ":" [group-list] ";"</c> (RFC 5322 §3.4, RFC 6854). Groups are flattened, source routes dropped.
/// A piece between commas that has no <c>@</c> is not an address where others have one: it is the first half of the name behind it
/// (<c>Hansen, Bob &lt;bob@example.com&gt;</c>), else a name that nobody can write to.
/// </remarks>
internal static class AddressList
{
    /// <summary>Characters an address can have between its brackets; the search for the closing one ends there.</summary>
    private const int MaxAddress = 2048;

    private static readonly SearchValues<char> Special = SearchValues.Create(",;:\"(<");

    /// <summary>Every mailbox of the unfolded value of a field; one that names nobody's address has an empty one.</summary>
    public static List<Mailbox> Parse(string value) => ParseAll(value, joinsNames: true);

    /// <summary>As <see cref="Parse"/>, but each comma separates: what a caller typed before one is not taken for half of a name.</summary>
    public static List<Mailbox> ParseTyped(string value) => ParseAll(value, joinsNames: false);

    private static List<Mailbox> ParseAll(string value, bool joinsNames)
    {
        var mailboxes = new List<Mailbox>();
        var mailbox = new Collected(mailboxes, joinsNames && value.Contains('@', StringComparison.Ordinal));
        var position = 0;
        while (position < value.Length)
        {
            switch (value[position])
            {
                case ',':
                    mailbox.FinishPiece();
                    position++;
                    break;
                case ';':
                    mailbox.Finish();
                    position++;
                    break;
                case ':' when mailbox.Angle is null: // the name of a group is not a mailbox
                    mailbox.Clear();
                    position++;
                    break;
                case '"':
                    var quoteEnd = QuotedString.End(value, position);
                    mailbox.AddQuoted(value[position..quoteEnd]);
                    position = quoteEnd;
                    break;
                case '(':
                    var commentEnd = Comments.End(value, position);
                    var comment = commentEnd < 0 ? value[(position + 1)..] : value[(position + 1)..(commentEnd - 1)];
                    mailbox.Comment ??= comment;
                    position = commentEnd < 0 ? value.Length : commentEnd;
                    break;
                case '<':
                    var angleEnd = AngleEnd(value, position);
                    mailbox.AddAngle(value[(position + 1)..angleEnd]);
                    position = angleEnd < value.Length && value[angleEnd] == '>' ? angleEnd + 1 : angleEnd;
                    break;
                default:
                    var end = value.AsSpan(position + 1).IndexOfAny(Special);
                    end = end < 0 ? value.Length : position + 1 + end;
                    mailbox.Words.Append(value, position, end - position);
                    position = end;
                    break;
            }
        }

        mailbox.Finish();
        return mailboxes;
    }

    /// <summary>The closing bracket, or where an open one must have ended.</summary>
    private static int AngleEnd(string value, int start)
    {
        var limit = Math.Min(value.Length, start + MaxAddress);
        for (var i = start + 1; i < limit; i = QuotedString.End(value, i))
        {
            var found = value.AsSpan(i, limit - i).IndexOfAny('"', '>');
            if (found < 0)
            {
                break;
            }

            i += found;
            if (value[i] == '>')
            {
                return i;
            }
        }

        var comma = value.IndexOf(',', start);
        return comma < 0 ? value.Length : comma;
    }

    /// <summary>The pieces of one mailbox until its comma.</summary>
    /// <param name="hasAddresses">Whether a piece without an @ is a name: the list has addresses elsewhere. Else it is the name of a local user.</param>
    private sealed class Collected(List<Mailbox> mailboxes, bool hasAddresses)
    {
        /// <summary>Pieces without an address, which are the beginning of the next name or names by themselves.</summary>
        private readonly List<string> names = [];
        private bool hasQuoted;
        private int nameLength;

        public StringBuilder Words { get; } = new();

        public string? Angle { get; private set; }

        public string? Comment { get; set; }

        public void AddQuoted(string quoted)
        {
            hasQuoted = true;
            Words.Append(quoted);
        }

        /// <summary>A second address in brackets begins a mailbox of its own. QUIRK: senders forget the comma.</summary>
        public void AddAngle(string angle)
        {
            if (Angle is not null)
            {
                var next = Words.ToString(nameLength, Words.Length - nameLength);
                Words.Length = nameLength;
                Finish();
                Words.Append(next);
            }

            Angle = angle;
            nameLength = Words.Length;
        }

        /// <summary>Drops the name of a group.</summary>
        public void Clear()
        {
            AddNames();
            ClearPiece();
        }

        /// <summary>At a comma: a bare name waits for what follows it.</summary>
        public void FinishPiece()
        {
            var words = Words.ToString().Trim();
            if (hasAddresses && Angle is null && words.Length > 0 && !words.Contains('@', StringComparison.Ordinal))
            {
                names.Add(words);
                ClearPiece();
            }
            else
            {
                Finish();
            }
        }

        public void Finish()
        {
            var words = Words.ToString().Trim();
            if (Angle is not null)
            {
                var address = Address(Angle);
                var name = NameWithBeginning(words);
                if (address.Length > 0 || name.Length > 0)
                {
                    mailboxes.Add(new Mailbox(name.Length == 0 && words.Length == 0 ? Name(Comment ?? "") : name, address));
                }
            }
            else if (words.Length > 0)
            {
                mailboxes.Add(FromWords(words));
            }

            AddNames();
            ClearPiece();
        }

        private void ClearPiece()
        {
            Words.Clear();
            Angle = null;
            Comment = null;
            hasQuoted = false;
        }

        /// <summary>The names that no address followed are mailboxes to which nothing can be sent.</summary>
        private void AddNames()
        {
            mailboxes.AddRange(names.Select(name => new Mailbox(Name(name), "")));
            names.Clear();
        }

        /// <summary>QUIRK: <c>Hansen, Bob &lt;bob@example.com&gt;</c> without quotes.</summary>
        private string NameWithBeginning(string words)
        {
            if (words.Length == 0)
            {
                AddNames();
                return "";
            }

            var whole = Name(string.Join(", ", names.Append(words)));
            names.Clear();
            return whole;
        }

        private Mailbox FromWords(string words)
        {
            if (!words.Contains('@', StringComparison.Ordinal) && (hasAddresses || hasQuoted || words.Contains(' ', StringComparison.Ordinal)))
            {
                AddNames();
                return new Mailbox(Name(words), "");
            }

            // QUIRK: "Name name@example.com" without brackets
            var at = words.IndexOf('@', StringComparison.Ordinal);
            var blank = hasQuoted || at < 0 ? -1 : words.LastIndexOf(' ', at);
            if (blank > 0 && at > blank + 1)
            {
                return new Mailbox(NameWithBeginning(words[..blank]), Address(words[blank..]));
            }

            AddNames();
            return new Mailbox(Name(Comment ?? ""), Address(words));
        }

        private string Name(string words)
        {
            var text = words.Contains('"', StringComparison.Ordinal) ? WithoutQuotes(words) : words;
            return string.Join(' ', EncodedWord.Decode(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }

        private static string WithoutQuotes(string words)
        {
            var result = new StringBuilder(words.Length);
            for (var i = 0; i < words.Length; i++)
            {
                if (words[i] == '"')
                {
                    var end = QuotedString.End(words, i);
                    result.Append(QuotedString.Unquote(words.AsSpan(i, end - i)));
                    i = end - 1;
                }
                else
                {
                    result.Append(words[i]);
                }
            }

            return result.ToString();
        }

        /// <remarks><c>obs-route = obs-domain-list ":"</c>: what stands before the last colon in brackets is a route (RFC 5322 §4.4)</remarks>
        private static string Address(string text)
        {
            var address = EncodedWord.Decode(Comments.Remove(text)).Trim();
            if (address.StartsWith('@') && address.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
            {
                address = address[(colon + 1)..];
            }

            return address.StartsWith('"') ? address : string.Concat(address.Where(each => !char.IsWhiteSpace(each) && !char.IsControl(each) && each is not ('<' or '>')));
        }
    }
}
