using System.Diagnostics;
using System.Globalization;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Benchmarks;

/// <summary>
/// The customer search by likeness beside a full-text index of SQLite over the same names, asked for the same mails word by word. Names are made
/// of syllables, so that as with real ones many share parts of their words.
/// </summary>
internal static class CustomersBenchmark
{
    private const int Mails = 300;
    private const double MostMilliseconds = 20;
    private static readonly string[] Syllables = ["ka", "ro", "min", "tel", "va", "sol", "ner", "dox", "bri", "gan", "lum", "per", "tis", "hol", "zen", "mar", "qui", "fos", "ell", "und", "wer", "ock", "sta", "ing"];
    private static readonly string[] Trades = ["Lighting", "Cable Systems", "Power Tools", "Packaging", "Hardware", "Fasteners", "Kabeltechnik", "Leuchten", "Maschinenbau", "Elektrotechnik"];
    private static readonly string[] Forms = ["Inc.", "Ltd.", "GmbH", "GmbH & Co. KG", "Co., Ltd.", "AG"];
    private static readonly string[] Cities = ["深圳市", "宁波", "佛山市", "义乌市", "上海", "苏州"];
    private static readonly string[] HanTrades = ["电气", "照明", "五金", "机械", "包装", "电缆"];
    private static readonly string[] Words = "please find attached our latest quotation for the goods you asked about we can ship within thirty days after payment kindly confirm price quantity and delivery address best regards".Split(' ');

    public static void Run(IReadOnlyList<int> sizes)
    {
        foreach (var size in sizes)
            Console.WriteLine($"{size.ToString("N0", CultureInfo.InvariantCulture)} customers, {Mails} mails\n\n{Report.Table(Measure(size))}");
    }

    private static List<Figure> Measure(int size)
    {
        var customers = Customers(size);
        var mails = Queries(customers);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var since = Stopwatch.GetTimestamp();
        var index = new LexicalIndex(customers);
        var built = Stopwatch.GetElapsedTime(since);
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        using var table = Table(customers, out var tableBuilt);

        var (ours, peer, oursRight, peerRight) = (new Samples(), new Samples(), 0, 0);
        foreach (var isCounted in (bool[])[false, true])
        {
            foreach (var (query, company) in mails)
            {
                since = Stopwatch.GetTimestamp();
                var hits = index.Search(query, 5);
                var took = Stopwatch.GetElapsedTime(since);
                since = Stopwatch.GetTimestamp();
                var best = Best(table, query);
                if (!isCounted)
                    continue;
                peer.Add(Stopwatch.GetElapsedTime(since));
                ours.Add(took);
                oursRight += hits.Count > 0 && hits[0].CompanyId == company ? 1 : 0;
                peerRight += best == company ? 1 : 0;
            }
        }

        return
        [
            Times("search, median", ours.Median, peer.Median),
            Times("search, 99 of 100", ours.Percentile(99), peer.Percentile(99)),
            new Figure("right at the first place", Text(oursRight), Text(peerRight), "", Report.Ratio(oursRight, peerRight), "", null),
            new Figure("making the index", Report.Seconds(built.TotalSeconds), Report.Seconds(tableBuilt.TotalSeconds), "", Report.Ratio(built.TotalSeconds, tableBuilt.TotalSeconds), "", null),
            new Figure("memory", Report.Megabytes(memory), "", "", "", "", null),
        ];
    }

    private static Figure Times(string work, double ours, double peer) =>
        new(work, Report.Seconds(ours), Report.Seconds(peer), "", Report.Ratio(ours, peer), $"≤ {MostMilliseconds:0} ms", ours * 1000 <= MostMilliseconds);

    private static string Text(int mails) => $"{mails} of {Mails}";

    private static List<CrmCompany> Customers(int size)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(1, size).Select(i => new CrmCompany(i, i % 3 == 0
            ? $"{Cities[random.Next(Cities.Length)]}{Han(random)}{HanTrades[random.Next(HanTrades.Length)]}有限公司"
            : $"{Name(random)} {Trades[random.Next(Trades.Length)]} {Forms[random.Next(Forms.Length)]}")
        {
            Homepage = i % 3 == 0 ? "" : $"https://www.{Name(random).ToLowerInvariant()}{i}.com",
        })];
    }

    private static string Name(Random random)
    {
        var name = string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => Syllables[random.Next(Syllables.Length)]));
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    /// <summary>Of a few hundred characters, as names are.</summary>
    private static string Han(Random random) => string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => (char)(0x4E00 + (random.Next(400) * 7))));

    private static List<(CustomerQuery Query, long Company)> Queries(List<CrmCompany> customers)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Mails).Select(_ =>
        {
            var customer = customers[random.Next(customers.Count)];
            var text = new StringBuilder();
            for (var line = 0; line < 25; line++)
                text.AppendJoin(' ', Enumerable.Range(0, 12).Select(_ => random.Next(4) == 0 ? Name(random).ToLowerInvariant() : Words[random.Next(Words.Length)])).Append('\n');
            text.Append("Best regards\nAnna Schmidt\n").Append(customer.Name).Append("\nTel. +49 40 123456\n");
            return (new CustomerQuery(new EmailAddress("Anna Schmidt", "anna.schmidt@gmail.com"), "Inquiry about your latest offer", text.ToString()), customer.CompanyId);
        })];
    }

    private static SqliteConnection Table(List<CrmCompany> customers, out TimeSpan took)
    {
        var since = Stopwatch.GetTimestamp();
        var table = new SqliteConnection("Data Source=:memory:");
        table.Open();
        using var create = table.CreateCommand();
        create.CommandText = "create virtual table names using fts5 (name, homepage)";
        create.ExecuteNonQuery();
        using var transaction = table.BeginTransaction();
        using var insert = table.CreateCommand();
        insert.CommandText = "insert into names (rowid, name, homepage) values ($id, $name, $homepage)";
        var (id, name, homepage) = (insert.Parameters.Add("$id", SqliteType.Integer), insert.Parameters.Add("$name", SqliteType.Text), insert.Parameters.Add("$homepage", SqliteType.Text));
        foreach (var customer in customers)
        {
            (id.Value, name.Value, homepage.Value) = (customer.CompanyId, customer.Name, customer.Homepage);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        took = Stopwatch.GetElapsedTime(since);
        return table;
    }

    private static long? Best(SqliteConnection table, CustomerQuery query)
    {
        var words = $"{query.From.Name} {query.Subject} {query.Text}".Split([' ', '\n', '.', ',', '&', '+'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase);
        using var select = table.CreateCommand();
        select.CommandText = "select rowid from names where names match $words order by bm25(names) limit 1";
        select.Parameters.AddWithValue("$words", string.Join(" OR ", words.Select(word => $"\"{word}\"")));
        return select.ExecuteScalar() as long?;
    }
}
