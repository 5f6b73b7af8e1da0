using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Okki;

/// <summary>What a person said for good: mail of this address, or of this domain, is of this customer.</summary>
/// <param name="Pattern">An address, or a registrable domain.</param>
public sealed record Pin(string Pattern, long CompanyId, string CompanyName, DateTimeOffset CreatedAt)
{
    /// <summary>Whether mail of an address is meant.</summary>
    public bool Covers(string address) => Pattern.Contains('@', StringComparison.Ordinal)
        ? Pattern.Equals(address.Trim(), StringComparison.OrdinalIgnoreCase)
        : PublicSuffixes.Registrable(Counterparty.Domain(address)) == Pattern;
}

/// <summary>The pins. Thread-safe.</summary>
public sealed class PinStore(SqliteFile store, TimeProvider time)
{
    private const int Most = 100_000;

    /// <summary>By pattern, and how many there are.</summary>
    public (IReadOnlyList<Pin> Pins, int Total) List(int offset, int limit) => store.Read(reader => (
        (IReadOnlyList<Pin>)reader.Query("select pattern, company_id, company_name, created_at from okki_pins order by pattern limit ?1 offset ?2", Map, limit, offset),
        (int)reader.Number("select count(*) from okki_pins")!.Value));

    /// <summary>That of the address itself, else of its domain; null when there is none.</summary>
    public Pin? For(string address)
    {
        var domain = PublicSuffixes.Registrable(Counterparty.Domain(address));
        return Find(address.Trim().ToLowerInvariant()) ?? (domain is null ? null : Find(domain));
    }

    /// <exception cref="MailException">InvalidInput: it is neither an address nor a domain of a company; Conflict <c>too_many_pins</c>.</exception>
    public async Task<Pin> PutAsync(string pattern, long companyId, string companyName, IReadOnlyList<string> publicDomains, CancellationToken ct)
    {
        var pin = new Pin(Read(pattern, publicDomains), companyId, companyName, DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()));
        await store.WriteAsync(
            writer =>
            {
                if (writer.Number("select count(*) from okki_pins") >= Most)
                    throw MailException.Conflict("too_many_pins", $"There are {Most} pins, and more are not kept.");
                return writer.Execute(
                    "insert or replace into okki_pins (pattern, company_id, company_name, created_at) values (?1, ?2, ?3, ?4)", pin.Pattern, pin.CompanyId, pin.CompanyName, pin.CreatedAt.ToUnixTimeMilliseconds());
            },
            ct);
        return pin;
    }

    /// <exception cref="MailException">NotFound <c>pin_not_found</c>.</exception>
    public async Task RemoveAsync(string pattern, CancellationToken ct)
    {
        if (await store.WriteAsync(writer => writer.Execute("delete from okki_pins where pattern = ?1", pattern.Trim().ToLowerInvariant()), ct) == 0)
            throw MailException.NotFound("pin_not_found", "There is no such pin. GET /api/okki/pins lists them.");
    }

    private static string Read(string pattern, IReadOnlyList<string> publicDomains)
    {
        var text = pattern.Trim().ToLowerInvariant();
        if (Protocols.Mime.Mailbox.IsAddress(text))
            return text;
        if (text.Contains('@', StringComparison.Ordinal) || PublicSuffixes.Registrable(text) is not { } domain)
            throw MailException.InvalidInput("invalid_parameter", "pattern takes an address or a domain.");
        return PublicDomains.IsPublic(domain, publicDomains)
            ? throw MailException.InvalidInput("public_domain", $"{domain} is of a mail provider, whose addresses are of many companies. Pin the address instead.")
            : domain;
    }

    private Pin? Find(string pattern) => store.Read(reader => reader.First("select pattern, company_id, company_name, created_at from okki_pins where pattern = ?1", Map, pattern));

    private static Pin Map(Microsoft.Data.Sqlite.SqliteDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)));
}
