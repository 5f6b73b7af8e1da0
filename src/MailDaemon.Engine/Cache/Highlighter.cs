using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Shows where a message says what was searched for. The index keeps no text and knows no places: they are looked up in the few messages
/// of a page. Text and words are folded as in the index; it looks for what was typed and then for its words.
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
    private readonly Needle[] _filename;

    public Highlighter(SearchQuery query)
    {
        var terms = SearchTerms.Of(query.Text).Where(term => term is { IsWord: true, IsUnwanted: false }).ToList();
        _anywhere = Needles(terms, SearchField.Anywhere);
        _from = [.. _anywhere, .. Needles(terms, SearchField.From), .. Needles(query.From)];
        _to = [.. _anywhere, .. Needles(terms, SearchField.To), .. Needles(query.To)];
        _subject = [.. _anywhere, .. Needles(terms, SearchField.Subject), .. Needles(query.Subject)];
        _filename = [.. _anywhere, .. Needles(terms, SearchField.Filename)];
    }

    /// <param name="content">Null when its file is missing.</param>
    public IReadOnlyList<Highlight> Of(MessageItem item, SearchedContent? content)
    {
        var found = new List<Highlight>();
        Add(found, "subject", item.Subject, _subject);
        Add(found, "from", Show(item.From), _from);
        IEnumerable<EmailAddress> recipients = content is null ? item.To : item.To.Concat(content.Cc).Concat(content.Bcc);
        if (_to.Length > 0 && recipients.Select(Show).FirstOrDefault(shown => _to.Any(needle => needle.Find(new FoldedText(shown), 0) is not null)) is { } recipient)
            Add(found, "to", recipient, _to);
        if (content is not null && _filename.Length > 0)
        {
            Add(found, "text", content.Text.Length > LongestText ? content.Text[..LongestText] : content.Text, _anywhere);
            var before = found.Count;
            foreach (var attachment in content.Attachments)
            {
                if (found.Count - before == MostAttachments)
                    break;
                Add(found, "attachment", attachment.Filename, _filename);
            }
        }

        return found;
    }

    private static void Add(List<Highlight> found, string field, string text, Needle[] needles)
    {
        if (needles.Length > 0 && Mark(field, text, needles) is { } highlight)
            found.Add(highlight);
    }

    private static Highlight? Mark(string field, string text, Needle[] needles)
    {
        var folded = new FoldedText(text);
        var first = needles.Select(needle => needle.Find(folded, 0)).OfType<TextRange>().Select(folded.Original).MinBy(range => range.Start);
        if (first is null)
            return null;
        var (start, end) = (Boundary(text, first.Start - Around), Boundary(text, first.Start + first.Length + Around));
        var fragment = new FoldedText(text[start..end]);
        var matches = new List<TextRange>();
        foreach (var needle in needles)
        {
            for (var at = 0; matches.Count < MostMatches && needle.Find(fragment, at) is { } range; at = range.Start + range.Length)
                matches.Add(fragment.Original(range));
        }

        return new Highlight(field, Flat(text.AsSpan(start, end - start)), Apart(matches));
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

    private static Needle[] Needles(string? words) => Needles([.. SearchTerms.Of(words, hasOperators: false)], SearchField.Anywhere, isBeginning: true);

    private static Needle[] Needles(List<SearchTerm> terms, SearchField field) => Needles(terms, field, isBeginning: field != SearchField.Anywhere);

    private static Needle[] Needles(List<SearchTerm> terms, SearchField field, bool isBeginning) =>
        [.. terms.Where(term => term.Field == field).Select(term => new Needle(term.Text.Trim(), isBeginning)).Where(needle => !needle.IsEmpty)];

    /// <summary>A word or phrase as typed, and its words by themselves for where they stand otherwise.</summary>
    private sealed class Needle(string typed, bool isBeginning)
    {
        private readonly string _phrase = new FoldedText(typed).Text;
        private readonly string[] _words = Words(new FoldedText(typed).Text);

        public bool IsEmpty => _words.Length == 0;

        /// <summary>The first place from <paramref name="from"/> on, in the folded text; null when there is none.</summary>
        public TextRange? Find(FoldedText text, int from)
        {
            if (Find(text.Text, from, _phrase) is { } whole)
                return whole;
            return _words.Length == 1 && string.Equals(_words[0], _phrase, StringComparison.Ordinal)
                ? null
                : _words.Select(word => Find(text.Text, from, word)).OfType<TextRange>().MinBy(range => range.Start);
        }

        private TextRange? Find(string text, int from, string sought)
        {
            while (from + sought.Length <= text.Length)
            {
                var at = text.AsSpan(from).IndexOf(sought, StringComparison.Ordinal);
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

        private static bool IsSpaced(char character) => char.IsLetterOrDigit(character) && !UnspacedText.IsUnspaced(character);

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
