using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Okki;

/// <summary>How far the mirror of the customers is.</summary>
/// <param name="Page">Of the CRM's list, of what is being read; 0 when nothing is.</param>
/// <param name="Since">The day from which changes are read; null for all customers.</param>
/// <param name="BegunAt">When the present or last reading began.</param>
/// <param name="FinishedAt">When one last ended whole; null when never.</param>
/// <param name="Crm">Whose customers they are; null before the first reading.</param>
public sealed record MirrorState(int Page, int Done, int Total, DateOnly? Since, DateTimeOffset? BegunAt, DateTimeOffset? FinishedAt, string? Crm);

/// <summary>
/// The mirror of the CRM's customers, in <c>customers.db</c>, which can be read again at any time. Thread-safe.
/// </summary>
public sealed class CustomerStore(DataPaths paths) : IDisposable
{
    private const string Columns = "company_id, name, short_name, homepage, country, products, contacts";

    private const string First =
        """
        create table customers (
            company_id integer primary key,
            name       text not null,
            short_name text not null,
            homepage   text not null,
            country    text not null,
            products   text not null,
            contacts   text not null,
            seen       integer not null
        );
        create table customer_domains (
            domain     text not null,
            company_id integer not null,
            primary key (domain, company_id)
        ) without rowid;
        create index customer_domains_by_company on customer_domains (company_id);
        create table mirror (
            id          integer primary key check (id = 1),
            page        integer not null,
            done        integer not null,
            total       integer not null,
            since       text,
            begun_at    integer,
            finished_at integer
        );
        insert into mirror (id, page, done, total) values (1, 0, 0, 0);
        create table vectors (
            company_id integer primary key,
            model      text not null,
            text       text not null,
            vector     blob not null
        );
        """;

    private const string Users =
        """
        alter table mirror add column crm text;
        create table users (
            email text primary key
        ) without rowid;
        """;

    private static readonly SqliteSchema Schema = new("customers.db", [First, Users], IsDurable: false, IsRebuildable: true);

    private readonly Lazy<SqliteFile> file = new(() => SqliteFile.Open(paths.CustomersDatabase, Schema));
    private long version;
    private FrozenSet<string>? users;

    /// <summary>Grows with every change of a customer.</summary>
    public long Version => Interlocked.Read(ref version);

    public int Count => (int)file.Value.Read(reader => reader.Number("select count(*) from customers"))!.Value;

    public MirrorState State => file.Value.Read(reader => reader.First("select page, done, total, since, begun_at, finished_at, crm from mirror", row => new MirrorState(
        row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.IsDBNull(3) ? null : DateOnly.ParseExact(row.GetString(3), "O", CultureInfo.InvariantCulture), Instant(row, 4), Instant(row, 5), row.IsDBNull(6) ? null : row.GetString(6))))!;

    /// <summary>The addresses of the CRM's users: people of ours, whatever their domain.</summary>
    public FrozenSet<string> Colleagues => users ??= file.Value.Read(reader => reader.Query("select email from users", row => row.GetString(0))).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public CrmCompany? Find(long companyId) => file.Value.Read(reader => reader.First($"select {Columns} from customers where company_id = ?1", Map, companyId));

    /// <summary>Those whose contacts or homepage are under a registrable domain.</summary>
    public IReadOnlyList<CrmCompany> OfDomain(string registrable) => file.Value.Read(reader => reader.Query(
        $"select {Columns} from customers where company_id in (select company_id from customer_domains where domain = ?1) order by company_id limit 20", Map, registrable));

    /// <summary>Those whose names hold a text, and how many there are.</summary>
    public (IReadOnlyList<CrmCompany> Found, int Total) Search(string text, int offset, int limit)
    {
        var pattern = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
        const string Where = "where name like ?1 escape '\\' or short_name like ?1 escape '\\' or homepage like ?1 escape '\\' or contacts like ?1 escape '\\'";
        return file.Value.Read(reader => (
            (IReadOnlyList<CrmCompany>)reader.Query($"select {Columns} from customers {Where} order by name, company_id limit ?2 offset ?3", Map, pattern, limit, offset),
            (int)reader.Number($"select count(*) from customers {Where}", pattern)!.Value));
    }

    /// <summary>All of them, one after the other.</summary>
    public void Each(Action<CrmCompany> each) => file.Value.Read(reader =>
    {
        reader.Each($"select {Columns} from customers order by company_id", row =>
        {
            each(Map(row));
            return true;
        });
        return true;
    });

    internal async Task BeginAsync(string crm, DateOnly? since, DateTimeOffset now, CancellationToken ct) => await file.Value.WriteAsync(
        writer => writer.Execute("update mirror set page = 1, done = 0, total = 0, since = ?1, begun_at = ?2, crm = ?3", since?.ToString("O", CultureInfo.InvariantCulture), now.ToUnixTimeMilliseconds(), crm), ct);

    /// <summary>Forgets all that was read: it is of another CRM.</summary>
    internal async Task ClearAsync(CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                foreach (var table in (ReadOnlySpan<string>)["customers", "customer_domains", "vectors", "users"])
                    writer.Execute($"delete from {table}");
                return writer.Execute("update mirror set page = 0, done = 0, total = 0, since = null, begun_at = null, finished_at = null, crm = null");
            },
            ct);
        users = null;
        Interlocked.Increment(ref version);
    }

    internal async Task SaveColleaguesAsync(IReadOnlyList<string> addresses, CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                writer.Execute("delete from users");
                return addresses.Sum(address => writer.Execute("insert or ignore into users (email) values (?1)", address));
            },
            ct);
        users = null;
    }

    /// <summary>Adds a page's customers and notes that it is done.</summary>
    internal async Task AddAsync(IReadOnlyList<CrmCompany> companies, int nextPage, int done, int total, long seen, CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                foreach (var company in companies)
                    Put(writer, company, seen);
                return writer.Execute("update mirror set page = ?1, done = ?2, total = ?3", nextPage, done, total);
            },
            ct);
        Interlocked.Increment(ref version);
    }

    /// <summary>Ends a reading; after one of all, those that it did not see are gone.</summary>
    internal async Task EndAsync(bool isOfAll, long seen, DateTimeOffset now, CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                if (isOfAll)
                {
                    writer.Execute("delete from customer_domains where company_id in (select company_id from customers where seen < ?1)", seen);
                    writer.Execute("delete from vectors where company_id in (select company_id from customers where seen < ?1)", seen);
                    writer.Execute("delete from customers where seen < ?1", seen);
                }

                return writer.Execute("update mirror set page = 0, finished_at = ?1", now.ToUnixTimeMilliseconds());
            },
            ct);
        Interlocked.Increment(ref version);
    }

    /// <summary>The vectors of a model, with the texts that they are of.</summary>
    internal Dictionary<long, (string Text, float[] Vector)> Vectors(string model) => file.Value.Read(reader => reader.Query(
        "select company_id, text, vector from vectors where model = ?1",
        row => (Id: row.GetInt64(0), Text: row.GetString(1), Vector: MemoryMarshal.Cast<byte, float>(row.GetFieldValue<byte[]>(2)).ToArray()),
        model)).ToDictionary(row => row.Id, row => (row.Text, row.Vector));

    internal async Task RemoveVectorsAsync(CancellationToken ct)
    {
        await file.Value.WriteAsync(writer => writer.Execute("delete from vectors"), ct);
        Interlocked.Increment(ref version);
    }

    internal Task SaveVectorsAsync(string model, IReadOnlyList<(long CompanyId, string Text, float[] Vector)> vectors, CancellationToken ct) => file.Value.WriteAsync(
        writer =>
        {
            foreach (var (id, text, vector) in vectors)
                writer.Execute("insert or replace into vectors (company_id, model, text, vector) values (?1, ?2, ?3, ?4)", id, model, text, MemoryMarshal.AsBytes<float>(vector).ToArray());
        },
        ct);

    public void Dispose()
    {
        if (file.IsValueCreated)
            file.Value.Dispose();
    }

    private static void Put(SqliteWriter writer, CrmCompany company, long seen)
    {
        writer.Execute(
            $"insert or replace into customers ({Columns}, seen) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            company.CompanyId,
            company.Name,
            company.ShortName,
            company.Homepage,
            company.Country,
            company.Products,
            string.Join('\n', company.Contacts.Select(contact => $"{Line(contact.Name)}\t{Line(contact.Email)}")),
            seen);
        writer.Execute("delete from customer_domains where company_id = ?1", company.CompanyId);
        foreach (var domain in CustomerDomains.Of(company))
            writer.Execute("insert or ignore into customer_domains (domain, company_id) values (?1, ?2)", domain, company.CompanyId);
    }

    private static string Line(string text) => text.Replace('\n', ' ').Replace('\t', ' ').Replace('\0', ' ');

    private static CrmCompany Map(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1))
    {
        ShortName = row.GetString(2),
        Homepage = row.GetString(3),
        Country = row.GetString(4),
        Products = row.GetString(5),
        Contacts = [.. row.GetString(6).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 2)).Select(parts => new CrmContact(parts[0], parts[^1]))],
    };

    private static DateTimeOffset? Instant(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
