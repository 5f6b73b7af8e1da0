using System.Runtime.InteropServices;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Customers by the likeness of their names: TF-IDF over words, trigrams and pairs of Han characters. What a mail says of its sender (name,
/// address, the lines around which it is signed) is compared piece by piece, for a name makes but a small part of a text. Two steps: which
/// customers have most of their terms in the mail, then for each of these few the cosine with the piece that is most like it. Immutable.
/// </summary>
internal sealed class LexicalIndex
{
    private const int MostCandidates = 40;
    private const int MostLines = 40;
    private const int LongestLine = 160;

    /// <summary>Lines at the end in which a mail is signed.</summary>
    private const int SignatureLines = 10;

    private readonly Dictionary<string, int> terms = new(StringComparer.Ordinal);
    private readonly List<float> weights = [];
    private readonly List<Entry> entries = [];
    private readonly List<int[]> postings = [];
    private readonly Dictionary<long, string> names = [];

    public LexicalIndex(IEnumerable<CrmCompany> customers)
    {
        var frequencies = new List<int>();
        var found = new List<List<int>>();
        foreach (var customer in customers)
        {
            names[customer.CompanyId] = customer.Name;
            foreach (var (text, kind) in Texts(customer))
                Add(customer.CompanyId, text, kind, frequencies, found);
        }

        foreach (var frequency in frequencies)
            weights.Add((float)Math.Log(1 + (entries.Count / (double)frequency)));
        postings.AddRange(found.Select(list => list.ToArray()));
        for (var i = 0; i < entries.Count; i++)
        {
            var length = Length(entries[i].Terms);
            entries[i] = entries[i] with { Length = length };
        }
    }

    public int Count => names.Count;

    /// <summary>The likeliest first, each customer once.</summary>
    public IReadOnlyList<CustomerHit> Search(CustomerQuery query, int limit)
    {
        var pieces = Pieces(query);
        return [.. Candidates(pieces)
            .Select(entry => Score(entry, pieces))
            .Where(hit => hit.Score > 0)
            .GroupBy(hit => hit.CompanyId)
            .Select(same => same.MaxBy(hit => hit.Score)!)
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.CompanyId)
            .Take(limit)];
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

    private void Add(long companyId, string text, EntryKind kind, List<int> frequencies, List<List<int>> found)
    {
        var words = LexicalText.Words(text);
        if (words.Count == 0)
            return;
        var counts = new Dictionary<int, float>();
        foreach (var term in LexicalText.Terms(words))
        {
            if (!terms.TryGetValue(term, out var number))
            {
                terms[term] = number = terms.Count;
                frequencies.Add(0);
                found.Add([]);
            }

            if (!counts.TryAdd(number, Share(term)))
                continue;
            frequencies[number]++;
            found[number].Add(entries.Count);
        }

        entries.Add(new Entry(companyId, kind, words.Count, counts, 0));
    }

    /// <summary>A whole word says more than three letters of one.</summary>
    private static float Share(string term) => term.StartsWith("w:", StringComparison.Ordinal) ? 2 : 1;

    private float Length(Dictionary<int, float> of) => (float)Math.Sqrt(of.Sum(pair => Square(pair.Value * weights[pair.Key])));

    private static double Square(double value) => value * value;

    /// <summary>Entries most of whose terms stand somewhere in the mail.</summary>
    private IEnumerable<Entry> Candidates(List<Piece> pieces)
    {
        var seen = pieces.SelectMany(piece => LexicalText.Terms(piece.Words)).Select(Number).Where(number => number >= 0).ToHashSet();
        var sums = new Dictionary<int, float>();
        foreach (var number in seen)
        {
            // What stands in a tenth of all names finds none of them.
            if (postings[number].Length > Math.Max(50, entries.Count / 10))
                continue;
            var weight = weights[number];
            foreach (var entry in postings[number])
                CollectionsMarshal.GetValueRefOrAddDefault(sums, entry, out _) += (float)Square(entries[entry].Terms[number] * weight);
        }

        return sums
            .Select(sum => (Entry: entries[sum.Key], Share: sum.Value / Square(entries[sum.Key].Length)))
            .OrderByDescending(candidate => candidate.Share).ThenBy(candidate => candidate.Entry.CompanyId)
            .Take(MostCandidates)
            .Select(candidate => candidate.Entry);
    }

    private CustomerHit Score(Entry entry, List<Piece> pieces)
    {
        var (best, evidence) = (0.0, "");
        foreach (var piece in pieces)
        {
            // Half a name is no half of a customer: what two names share says little until it is nearly all of them.
            var score = piece.Weight * Math.Pow(BestCosine(entry, piece.Words), 3);
            if (score > best)
                (best, evidence) = (score, piece.Name);
        }

        return new CustomerHit(entry.CompanyId, names[entry.CompanyId], best, $"{(entry.Kind == EntryKind.Domain ? "domain" : "name")} is like the {evidence}");
    }

    /// <summary>With as many words in a row as the entry has, or one more; what has fewer words is as much less like it.</summary>
    private double BestCosine(Entry entry, List<string> words)
    {
        if (words.Count < entry.Words)
            return Cosine(entry, words) * words.Count / entry.Words;
        var best = 0.0;
        for (var size = entry.Words; size <= Math.Min(words.Count, entry.Words + 1); size++)
        {
            for (var from = 0; from + size <= words.Count; from++)
                best = Math.Max(best, Cosine(entry, words.GetRange(from, size)));
        }

        return best;
    }

    private double Cosine(Entry entry, List<string> words)
    {
        var (dot, square) = (0.0, 0.0);
        foreach (var term in LexicalText.Terms(words).Distinct(StringComparer.Ordinal))
        {
            var number = Number(term);

            // A term of no customer weighs as one of a single one.
            var weight = Share(term) * (number < 0 ? Math.Log(1 + entries.Count) : weights[number]);
            square += weight * weight;
            if (number >= 0 && entry.Terms.TryGetValue(number, out var share))
                dot += weight * share * weights[number];
        }

        return square == 0 ? 0 : dot / (Math.Sqrt(square) * entry.Length);
    }

    private int Number(string term) => terms.GetValueOrDefault(term, -1);

    /// <summary>What a mail says of its sender, with how much that is worth.</summary>
    private static List<Piece> Pieces(CustomerQuery query)
    {
        var pieces = new List<Piece>();
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
            if (LexicalText.Words(text) is { Count: > 0 } words)
                pieces.Add(new Piece(name, words, weight));
        }
    }

    private enum EntryKind
    {
        Name,
        Domain,
    }

    private sealed record Entry(long CompanyId, EntryKind Kind, int Words, Dictionary<int, float> Terms, float Length);

    private sealed record Piece(string Name, List<string> Words, double Weight);
}
