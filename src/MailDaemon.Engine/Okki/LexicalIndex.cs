using System.Buffers;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Customers by the likeness of their names: TF-IDF over words, trigrams and pairs of Han characters. What a mail says of its sender (name,
/// address, the lines around which it is signed) is compared piece by piece, for a name makes but a small part of a text. Two steps: which
/// customers have most of their terms in the mail, then for each of these few the cosine with the piece that is most like it. Names inside a
/// run of Han characters are told apart by the names that there are, and a name that is part of a longer one is not found there. Immutable.
/// </summary>
internal sealed class LexicalIndex
{
    private const int MostCandidates = 40;
    private const int MostLines = 40;
    private const int LongestLine = 160;
    private const int MostWords = 60;

    /// <summary>Entries that are looked at for their terms in a search, the rarest terms first; what is left out stands in so many names that it finds none.</summary>
    private const int MostPostings = 250_000;

    /// <summary>Pieces of this weight and more are looked for by parts of their words, too.</summary>
    private const double ManyTerms = 0.6;

    /// <summary>Lines at the end in which a mail is signed.</summary>
    private const int SignatureLines = 10;

    /// <summary>A run of characters holds names of so many at least; shorter ones only before a legal form.</summary>
    private const int ShortestInRun = 3;

    /// <summary>From this cosine on a name is found as a whole.</summary>
    private const double WholeName = 0.8;

    private readonly Dictionary<string, int> terms = new(StringComparer.Ordinal);
    private readonly HanNames hanNames = new();
    private readonly Dictionary<long, string> names = [];
    private readonly Entry[] entries;

    /// <summary>By number of the term: what it weighs, and the entries that have it.</summary>
    private readonly float[] weights;

    private readonly int[][] postings;

    public LexicalIndex(IEnumerable<CrmCompany> customers)
    {
        var made = new List<Entry>();
        var found = new List<List<int>>();
        foreach (var customer in customers)
        {
            names[customer.CompanyId] = customer.Name;
            foreach (var (text, kind) in Texts(customer))
                Add(customer.CompanyId, text, kind, made, found);
        }

        entries = [.. made];
        postings = [.. found.Select(list => list.ToArray())];
        weights = new float[terms.Count];
        foreach (var (term, number) in terms)
            weights[number] = (float)(Share(term) * Math.Log(1 + (entries.Length / (double)postings[number].Length)));
        foreach (var entry in entries)
            entry.Length = Math.Sqrt(entry.Terms.Sum(number => Square(weights[number])));
    }

    public int Count => names.Count;

    /// <summary>The likeliest first, each customer once.</summary>
    public IReadOnlyList<CustomerHit> Search(CustomerQuery query, int limit)
    {
        var pieces = Pieces(query);
        var isOfEntry = ArrayPool<bool>.Shared.Rent(terms.Count);
        Array.Clear(isOfEntry);

        // The longest names first: what they are found in holds no shorter one.
        var hits = Candidates(pieces)
            .OrderByDescending(entry => entry.Length)
            .Select(entry => Score(entry, pieces, isOfEntry))
            .Where(hit => hit.Score > 0)
            .GroupBy(hit => hit.CompanyId)
            .Select(same => same.MaxBy(hit => hit.Score)!)
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.CompanyId)
            .Take(limit)
            .ToList();
        ArrayPool<bool>.Shared.Return(isOfEntry);
        return hits;
    }

    private static IEnumerable<(string Text, EntryKind Kind)> Texts(CrmCompany customer)
    {
        yield return (customer.Name, EntryKind.Name);
        if (customer.ShortName.Length > 0 && customer.ShortName != customer.Name)
            yield return (customer.ShortName, EntryKind.Name);
        foreach (var domain in CustomerDomains.Of(customer))
        {
            if (PublicSuffixes.Label(domain) is { Length: > 2 } label)
                yield return (label.Replace('-', ' '), EntryKind.Domain);
        }
    }

    private void Add(long companyId, string text, EntryKind kind, List<Entry> made, List<List<int>> found)
    {
        var words = LexicalText.Words(text);
        if (words.Count == 0)
            return;
        foreach (var word in words)
            hanNames.Add(word);
        var numbers = new List<int>();
        foreach (var term in LexicalText.Terms(words))
        {
            if (!terms.TryGetValue(term, out var number))
            {
                terms[term] = number = terms.Count;
                found.Add([]);
            }

            // The newest entry stands last in each list of its terms.
            if (found[number] is [.., var last] && last == made.Count)
                continue;
            found[number].Add(made.Count);
            numbers.Add(number);
        }

        made.Add(new Entry(companyId, kind, words.Count, [.. numbers]));
    }

    /// <summary>A whole word says more than three letters of one.</summary>
    private static float Share(string term) => term.StartsWith("w:", StringComparison.Ordinal) ? 2 : 1;

    private static double Square(double value) => value * value;

    /// <summary>Entries most of whose terms stand somewhere in the mail.</summary>
    private IEnumerable<Entry> Candidates(List<Piece> pieces)
    {
        // Of the text itself whole words only: it is long, and parts of its words are parts of many names.
        var seen = new HashSet<int>();
        foreach (var piece in pieces)
        {
            foreach (var word in piece.Words)
                seen.UnionWith(word.Terms.Where(term => piece.Weight >= ManyTerms || term.IsWhole).Select(term => term.Number));
        }

        var sums = ArrayPool<float>.Shared.Rent(entries.Length);
        Array.Clear(sums);
        var left = MostPostings;
        foreach (var number in seen.OrderBy(number => postings[number].Length))
        {
            // What stands in a tenth of all names finds none of them.
            if (postings[number].Length > Math.Max(50, entries.Length / 10) || (left -= postings[number].Length) < 0)
                break;
            var square = (float)Square(weights[number]);
            foreach (var entry in postings[number])
                sums[entry] += square;
        }

        var best = new PriorityQueue<int, double>(MostCandidates + 1);
        for (var i = 0; i < entries.Length; i++)
        {
            if (sums[i] == 0)
                continue;
            var share = sums[i] / Square(entries[i].Length);
            if (best.Count < MostCandidates)
                best.Enqueue(i, share);
            else if (best.TryPeek(out _, out var least) && share > least)
                best.EnqueueDequeue(i, share);
        }

        ArrayPool<float>.Shared.Return(sums);
        return best.UnorderedItems.Select(item => entries[item.Element]);
    }

    /// <param name="isOfEntry">By number of the term; all false before and after.</param>
    private CustomerHit Score(Entry entry, List<Piece> pieces, bool[] isOfEntry)
    {
        var (best, evidence) = (0.0, "");
        foreach (var number in entry.Terms)
            isOfEntry[number] = true;
        foreach (var piece in pieces)
        {
            var place = BestPlace(entry, piece, isOfEntry);
            if (place.Cosine >= WholeName)
                piece.Found.Add((entry.CompanyId, place));

            // Half a name is no half of a customer: what two names share says little until it is nearly all of them.
            var score = piece.Weight * Math.Pow(place.Cosine, 3);
            if (score > best)
                (best, evidence) = (score, piece.Name);
        }

        foreach (var number in entry.Terms)
            isOfEntry[number] = false;

        return new CustomerHit(entry.CompanyId, names[entry.CompanyId], best, $"{(entry.Kind == EntryKind.Domain ? "domain" : "name")} is like the {evidence}");
    }

    /// <summary>With as many words in a row as the entry has, or one more; what has fewer words is as much less like it.</summary>
    private static Place BestPlace(Entry entry, Piece piece, bool[] isOfEntry)
    {
        var count = piece.Words.Length;

        // Up to each word: what it shares with the entry, and the square of its own length.
        Span<double> dots = stackalloc double[count + 1];
        Span<double> squares = stackalloc double[count + 1];
        for (var i = 0; i < count; i++)
        {
            var dot = 0.0;
            foreach (var (number, weight, _) in piece.Words[i].Terms)
                dot += isOfEntry[number] ? Square(weight) : 0;
            dots[i + 1] = dots[i] + dot;
            squares[i + 1] = squares[i] + piece.Words[i].Square;
        }

        if (count < entry.Words)
            return new Place(0, count, dots[count], Cosine(dots[count], squares[count], entry.Length) * count / entry.Words);
        var best = default(Place);
        for (var size = entry.Words; size <= Math.Min(count, entry.Words + 1); size++)
        {
            for (var from = 0; from + size <= count; from++)
            {
                var place = new Place(from, size, dots[from + size] - dots[from], Cosine(dots[from + size] - dots[from], squares[from + size] - squares[from], entry.Length));
                if (place.Cosine > best.Cosine && !piece.Found.Exists(longer => longer.CompanyId != entry.CompanyId && place.IsPartOf(longer.Place)))
                    best = place;
            }
        }

        return best;
    }

    /// <summary>A word that stands there twice is shared once.</summary>
    private static double Cosine(double dot, double square, double length) => square == 0 || length == 0 ? 0 : Math.Min(dot, Square(length)) / (Math.Sqrt(square) * length);

    /// <summary>A word with its terms as they weigh. A term of no customer weighs as one of a single one.</summary>
    private WeighedWord Weigh(string word)
    {
        var (found, square) = (new List<(int Number, double Weight, bool IsWhole)>(), 0.0);
        foreach (var term in LexicalText.Terms([word]).Distinct(StringComparer.Ordinal))
        {
            var number = Number(term);
            var weight = number < 0 ? Share(term) * Math.Log(1 + entries.Length) : weights[number];
            square += weight * weight;
            if (number >= 0)
                found.Add((number, weight, term.StartsWith("w:", StringComparison.Ordinal) || !char.IsAscii(term[0])));
        }

        return new WeighedWord([.. found], square);
    }

    private int Number(string term) => terms.GetValueOrDefault(term, -1);

    /// <summary>What a mail says of its sender, with how much that is worth.</summary>
    private List<Piece> Pieces(CustomerQuery query)
    {
        var pieces = new List<Piece>();
        var known = new Dictionary<string, WeighedWord>(StringComparer.Ordinal);
        var address = query.From.Address;
        var at = address.LastIndexOf('@');
        Add("sender's name", query.From.Name, 1);
        if (at > 0)
        {
            Add("sender's address", string.Join(' ', address[..at].Split(['.', '_', '-', '+'])), 0.8);
            if (!PublicDomains.IsPublic(address[(at + 1)..], []) && PublicSuffixes.Label(address[(at + 1)..]) is { } label)
                Add("sender's domain", label.Replace('-', ' '), 0.9);
        }

        Add("subject", query.Subject, 0.6);
        var lines = query.Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '>').ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i >= MostLines / 2 && i < lines.Count - (MostLines / 2))
                continue;
            var isSignature = i >= lines.Count - SignatureLines && i > 0;
            Add(isSignature ? "signature" : "text", Messages.TextCut.At(lines[i], LongestLine), isSignature ? 0.95 : 0.5);
        }

        return pieces;

        void Add(string name, string text, double weight)
        {
            if (LexicalText.Words(text, hanNames.Split) is { Count: > 0 } words)
                pieces.Add(new Piece(name, [.. words.Take(MostWords).Select(Known)], weight));
        }

        WeighedWord Known(string word)
        {
            if (!known.TryGetValue(word, out var weighed))
                known[word] = weighed = Weigh(word);
            return weighed;
        }
    }

    private enum EntryKind
    {
        Name,
        Domain,
    }

    /// <param name="Words">How many it has.</param>
    /// <param name="Terms">Their numbers.</param>
    private sealed record Entry(long CompanyId, EntryKind Kind, int Words, int[] Terms)
    {
        public double Length { get; set; }
    }

    private sealed record Piece(string Name, WeighedWord[] Words, double Weight)
    {
        /// <summary>Where names were found as a whole.</summary>
        public List<(long CompanyId, Place Place)> Found { get; } = [];
    }

    /// <summary>So many words of a piece from one on, and how like an entry they are.</summary>
    /// <param name="Shared">The weight of what they share with the entry.</param>
    private readonly record struct Place(int From, int Size, double Shared, double Cosine)
    {
        /// <summary>It is within a place that says more.</summary>
        public bool IsPartOf(Place longer) => longer.From <= From && From + Size <= longer.From + longer.Size && Shared < longer.Shared * 0.95;
    }

    /// <summary>Names that are runs of Han characters, and how a longer run parts into them and the rest.</summary>
    private sealed class HanNames
    {
        private readonly HashSet<string> names = new(StringComparer.Ordinal);
        private int longest;

        public void Add(string word)
        {
            if (word.Length < 2 || !LexicalText.IsHan(word))
                return;
            names.Add(word);
            longest = Math.Max(longest, word.Length);
        }

        public IEnumerable<string> Split(string run)
        {
            var whole = LexicalText.NameOf(run);
            if (whole.Length == 0 || names.Contains(whole))
                return [whole];
            var parts = new List<string>();
            var isParted = false;
            foreach (var (text, isNamed) in LexicalText.Segments(run))
                isParted |= Part(text, isNamed, parts);
            return isParted ? parts : [whole];
        }

        /// <summary>The longest name first, then what is left on both sides of it.</summary>
        /// <returns>Whether there was one.</returns>
        private bool Part(string text, bool isNamed, List<string> parts)
        {
            var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var size = Math.Min(longest, text.Length); size >= 2; size--)
            {
                for (var from = 0; from + size <= text.Length; from++)
                {
                    if ((size < ShortestInRun && !(isNamed && from + size == text.Length)) || !lookup.Contains(text.AsSpan(from, size)))
                        continue;
                    Part(text[..from], false, parts);
                    parts.Add(text.Substring(from, size));
                    Part(text[(from + size)..], isNamed, parts);
                    return true;
                }
            }

            parts.Add(text);
            return false;
        }
    }

    /// <param name="Square">Of its length.</param>
    private sealed record WeighedWord((int Number, double Weight, bool IsWhole)[] Terms, double Square);
}
