using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Shows where a message says what was searched for. The index keeps no text and knows no places: they are looked up in the few messages
/// of a page. It looks for what was typed and then for its words, without regard to case, and in compatible forms (NFKC) when it finds
/// neither; a message found by a rarer equality has no highlight.
/// </summary>
internal sealed class Highlighter
{
    private const int LongestText = 256 * 1024;
    private const int Around = 80;
    private const int MostMatches = 20;
    private const int MostAttachments = 3;
    private readonly Needle[] _anywhere;
    private readonly Needle[] _from;
    private readonly Needle[] _to;
    private readonly Needle[] _subject;

    public Highlighter(SearchQuery query)
    {
        _anywhere = Needles(query.Text, isBeginning: false);
        _from = [.. _anywhere, .. Needles(query.From, isBeginning: true)];
        _to = [.. _anywhere, .. Needles(query.To, isBeginning: true)];
        _subject = [.. _anywhere, .. Needles(query.Subject, isBeginning: true)];
    }

    /// <param name="content">Null when its file is missing.</param>
    public IReadOnlyList<Highlight> Of(MessageItem item, SearchedContent? content)
    {
        var found = new List<Highlight>();
        Add(found, "subject", item.Subject, _subject);
        Add(found, "from", Show(item.From), _from);
        IEnumerable<EmailAddress> recipients = content is null ? item.To : item.To.Concat(content.Cc).Concat(content.Bcc);
        if (_to.Length > 0 && recipients.Select(Show).FirstOrDefault(shown => _to.Any(needle => needle.Find(shown, 0).Length > 0)) is { } recipient)
            Add(found, "to", recipient, _to);
        if (content is not null && _anywhere.Length > 0)
        {
            Add(found, "text", content.Text.Length > LongestText ? content.Text[..LongestText] : content.Text, _anywhere);
            var before = found.Count;
            foreach (var attachment in content.Attachments)
            {
                if (found.Count - before == MostAttachments)
                    break;
                Add(found, "attachment", attachment.Filename, _anywhere);
            }
        }

        return found;
    }

    private static void Add(List<Highlight> found, string field, string text, Needle[] needles)
    {
        if (needles.Length > 0 && (Mark(field, text, needles) ?? MarkCompatible(field, text, needles)) is { } highlight)
            found.Add(highlight);
    }

    private static Highlight? MarkCompatible(string field, string text, Needle[] needles)
    {
        if (Ascii.IsValid(text))
            return null;
        try
        {
            var compatible = text.Normalize(NormalizationForm.FormKC);
            return string.Equals(compatible, text, StringComparison.Ordinal) ? null : Mark(field, compatible, needles);
        }
        catch (ArgumentException)
        {
            // Half of a pair.
            return null;
        }
    }

    private static Highlight? Mark(string field, string text, Needle[] needles)
    {
        var first = needles.Select(needle => needle.Find(text, 0)).Where(range => range.Length > 0).MinBy(range => range.Start);
        if (first is null)
            return null;
        var (start, end) = (Boundary(text, first.Start - Around), Boundary(text, first.Start + first.Length + Around));
        var fragment = Flat(text.AsSpan(start, end - start));
        var matches = new List<TextRange>();
        foreach (var needle in needles)
        {
            for (var at = 0; matches.Count < MostMatches && needle.Find(fragment, at) is { Length: > 0 } range; at = range.Start + range.Length)
                matches.Add(range);
        }

        return new Highlight(field, fragment, Apart(matches));
    }

    /// <summary>In order, and none within another.</summary>
    private static List<TextRange> Apart(List<TextRange> ranges)
    {
        var apart = new List<TextRange>();
        foreach (var range in ranges.OrderBy(range => range.Start).ThenByDescending(range => range.Length))
        {
            if (apart.Count == 0 || range.Start >= apart[^1].Start + apart[^1].Length)
                apart.Add(range);
        }

        return apart;
    }

    /// <summary>A place at or near this one that does not cut a pair.</summary>
    private static int Boundary(string text, int at)
    {
        at = Math.Clamp(at, 0, text.Length);
        return at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;
    }

    /// <summary>On one line, of the same length.</summary>
    private static string Flat(ReadOnlySpan<char> text)
    {
        var flat = text.ToArray();
        for (var i = 0; i < flat.Length; i++)
        {
            if (char.IsWhiteSpace(flat[i]) || char.IsControl(flat[i]))
                flat[i] = ' ';
        }

        return new string(flat);
    }

    private static string Show(EmailAddress address) => address.Name.Length == 0 ? address.Address : $"{address.Name} <{address.Address}>";

    private static Needle[] Needles(string? query, bool isBeginning) =>
        [.. SearchExpression.Terms(query).Where(term => !term.IsUnwanted).Select(term => new Needle(term.Text.Trim(), isBeginning)).Where(needle => !needle.IsEmpty)];

    /// <summary>A word or phrase as typed, and its words by themselves for where they stand otherwise.</summary>
    private sealed class Needle(string phrase, bool isBeginning)
    {
        private readonly string[] _words = Words(phrase);

        public bool IsEmpty => _words.Length == 0;

        /// <summary>The first place from <paramref name="from"/> on; of length 0 when there is none.</summary>
        public TextRange Find(string text, int from)
        {
            if (Find(text, from, phrase) is { } whole)
                return whole;
            return _words.Length == 1 && _words[0] == phrase
                ? new TextRange(0, 0)
                : _words.Select(word => Find(text, from, word)).OfType<TextRange>().MinBy(range => range.Start) ?? new TextRange(0, 0);
        }

        private TextRange? Find(string text, int from, string sought)
        {
            while (from + sought.Length <= text.Length)
            {
                var at = text.AsSpan(from).IndexOf(sought, StringComparison.OrdinalIgnoreCase);
                if (at < 0)
                    return null;
                at += from;
                var end = at + sought.Length;
                if (IsBorder(text, at) && (isBeginning || IsBorder(text, end)))
                    return new TextRange(at, sought.Length);
                from = at + 1;
            }

            return null;
        }

        /// <summary>Not in the middle of a word; between characters that are written without spaces there is always a border.</summary>
        private static bool IsBorder(string text, int at) => at == 0 || at == text.Length || !IsSpaced(text[at - 1]) || !IsSpaced(text[at]);

        private static bool IsSpaced(char character) => char.IsLetterOrDigit(character) && character is < '\u2E80' or (> '\uD7FF' and < '\uF900');

        private static string[] Words(string phrase)
        {
            var words = new List<string>();
            var start = -1;
            for (var i = 0; i <= phrase.Length; i++)
            {
                var isInside = i < phrase.Length && (char.IsLetterOrDigit(phrase[i]) || char.IsSurrogate(phrase[i]) || char.GetUnicodeCategory(phrase[i]) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.OtherSymbol);
                if (isInside && start < 0)
                    start = i;
                if (!isInside && start >= 0)
                {
                    words.Add(phrase[start..i]);
                    start = -1;
                }
            }

            return [.. words];
        }
    }
}
