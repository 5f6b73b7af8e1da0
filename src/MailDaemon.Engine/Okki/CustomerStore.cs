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
/// <param name="FinishedAt">When one last ended; null when never.</param>
/// <param name="FinishedFrom">When that one began; null when none ended.</param>
/// <param name="Crm">Whose customers they are; null before the first reading.</param>
/// <param name="Reading">Of which CRM the present or last reading is; where that is another one, it is kept apart until it is whole.</param>
public sealed record MirrorState(
    int Page, int Done, int Total, DateOnly? Since, DateTimeOffset? BegunAt, DateTimeOffset? FinishedAt, DateTimeOffset? FinishedFrom, string? Crm, string? Reading)
{
    /// <summary>What is read takes the place of the customers when it is whole.</summary>
    internal bool IsStaged => Reading != Crm;
}

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

    /// <summary>What is read of another CRM, until it is whole.</summary>
    private const string Staged =
        """
        alter table mirror add column reading text;
        alter table mirror add column finished_from integer;
        update mirror set reading = crm, finished_from = begun_at;
        create table staged_customers (
            company_id integer primary key,
            name       text not null,
            short_name text not null,
            homepage   text not null,
            country    text not null,
            products   text not null,
            contacts   text not null,
            seen       integer not null
        );
        create table staged_customer_domains (
            domain     text not null,
            company_id integer not null,
            primary key (domain, company_id)
        ) without rowid;
        create index staged_customer_domains_by_company on staged_customer_domains (company_id);
        create table staged_users (
            email text primary key
        ) without rowid;
        """;

    private static readonly SqliteSchema Schema = new("customers.db", [First, Users, Staged], IsDurable: false, IsRebuildable: true);

    private readonly Lazy<SqliteFile> file = new(() => SqliteFile.Open(paths.CustomersDatabase, Schema));
    private long version;
    private FrozenSet<string>? users;

    /// <summary>Grows with every change of a customer.</summary>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Whether these are the customers of a CRM.</summary>
    internal bool IsOf(string crm) => State.Crm is not { } known || known == crm;

    public int Count => (int)file.Value.Read(reader => reader.Number("select count(*) from customers"))!.Value;

    public MirrorState State => file.Value.Read(reader => reader.First("select page, done, total, since, begun_at, finished_at, finished_from, crm, reading from mirror", row => new MirrorState(
        row.GetInt32(0),
        row.GetInt32(1),
        row.GetInt32(2),
        row.IsDBNull(3) ? null : DateOnly.ParseExact(row.GetString(3), "O", CultureInfo.InvariantCulture),
        Instant(row, 4),
        Instant(row, 5),
        Instant(row, 6),
        row.IsDBNull(7) ? null : row.GetString(7),
        row.IsDBNull(8) ? null : row.GetString(8))))!;

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

    /// <summary>
    /// Begins a reading. Of the CRM whose customers are here, or when there are none, it is seen at once; of another one it is kept apart.
    /// </summary>
    internal async Task BeginAsync(string crm, DateOnly? since, DateTimeOffset now, CancellationToken ct) => await file.Value.WriteAsync(
        writer =>
        {
            Clear(writer, "staged_customers", "staged_customer_domains", "staged_users");
            return writer.Execute(
                """
                update mirror set page = 1, done = 0, total = 0, since = ?1, begun_at = ?2, reading = ?3,
                    crm = case when crm is null or not exists (select 1 from customers) then ?3 else crm end
                """,
                since?.ToString("O", CultureInfo.InvariantCulture),
                now.ToUnixTimeMilliseconds(),
                crm);
        },
        ct);

    /// <summary>Who works with the CRM that is read.</summary>
    internal async Task SaveColleaguesAsync(IReadOnlyList<string> addresses, CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                var table = IsStaged(writer) ? "staged_users" : "users";
                Clear(writer, table);
                return addresses.Sum(address => writer.Execute($"insert or ignore into {table} (email) values (?1)", address));
            },
            ct);
        users = null;
    }

    /// <summary>Adds a page's customers and notes that it is done. Of those whose details the CRM did not show, what is known stays.</summary>
    internal async Task AddAsync(IReadOnlyList<(CrmHit Hit, CrmCompany? Company)> page, int nextPage, int total, long seen, CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                var prefix = IsStaged(writer) ? "staged_" : "";
                foreach (var (hit, company) in page)
                {
                    if (company is not null || writer.Execute($"update {prefix}customers set seen = ?2 where company_id = ?1", hit.CompanyId, seen) == 0)
                        Put(writer, prefix, company ?? new CrmCompany(hit.CompanyId, hit.Name) { ShortName = hit.ShortName }, seen);
                }

                return writer.Execute($"update mirror set page = ?1, total = ?2, done = (select count(*) from {prefix}customers where seen >= ?3)", nextPage, total, seen);
            },
            ct);
        Interlocked.Increment(ref version);
    }

    /// <summary>Ends a reading.</summary>
    /// <param name="isWholeOfAll">All customers were read: those that it did not see are gone, and what was kept apart takes the place of the customers.</param>
    internal async Task EndAsync(bool isWholeOfAll, long seen, DateTimeOffset now, CancellationToken ct)
    {
        await file.Value.WriteAsync(
            writer =>
            {
                if (isWholeOfAll && IsStaged(writer))
                    Replace(writer);
                else if (isWholeOfAll)
                    writer.Execute("delete from customers where seen < ?1", seen);
                foreach (var table in (ReadOnlySpan<string>)["customer_domains", "vectors"])
                    writer.Execute($"delete from {table} where company_id not in (select company_id from customers)");
                return writer.Execute("update mirror set page = 0, finished_at = ?1, finished_from = begun_at, crm = reading", now.ToUnixTimeMilliseconds());
            },
            ct);
        users = null;
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

    /// <summary>Ends a reading of which nothing is kept but what it brought already; the next begins from the first page.</summary>
    internal Task AbandonAsync(CancellationToken ct) => file.Value.WriteAsync(
        writer =>
        {
            Clear(writer, "staged_customers", "staged_customer_domains", "staged_users");
            return writer.Execute("update mirror set page = 0");
        },
        ct);

    private static bool IsStaged(SqliteWriter writer) => writer.Number("select 1 from mirror where reading <> crm") is not null;

    private static void Replace(SqliteWriter writer)
    {
        Clear(writer, "customers", "customer_domains", "users");
        foreach (var table in (ReadOnlySpan<string>)["customers", "customer_domains", "users"])
            writer.Execute($"insert into {table} select * from staged_{table}");
        Clear(writer, "staged_customers", "staged_customer_domains", "staged_users");
    }

    private static void Clear(SqliteWriter writer, params ReadOnlySpan<string> tables)
    {
        foreach (var table in tables)
            writer.Execute($"delete from {table}");
    }

    /// <param name="prefix">Of the tables.</param>
    private static void Put(SqliteWriter writer, string prefix, CrmCompany company, long seen)
    {
        writer.Execute(
            $"insert or replace into {prefix}customers ({Columns}, seen) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            company.CompanyId,
            company.Name,
            company.ShortName,
            company.Homepage,
            company.Country,
            company.Products,
            string.Join('\n', company.Contacts.Select(contact => $"{Line(contact.Name)}\t{Line(contact.Email)}")),
            seen);
        writer.Execute($"delete from {prefix}customer_domains where company_id = ?1", company.CompanyId);
        foreach (var domain in CustomerDomains.Of(company))
            writer.Execute($"insert or ignore into {prefix}customer_domains (domain, company_id) values (?1, ?2)", domain, company.CompanyId);
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
