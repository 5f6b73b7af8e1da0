using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Okki;

/// <summary>Follow-up records and how far each is. What is written here is on the disk when it returns. Thread-safe.</summary>
public sealed class TrailStore(SqliteFile store, TimeProvider time)
{
    /// <summary>More than these do not wait: a CRM that is away for weeks shall not fill the disk.</summary>
    private const int MostOpen = 100_000;

    private const string Columns =
        "id, kind, uid, company_id, company_name, state, reason, error, source, match, content, trail_id, provider, email, attempts, next_attempt_at, posted_at, created_at, updated_at, lost_at";

    private const string IsOpen = "state in ('pending', 'matched', 'posting', 'uncertain')";

    private const string IsWaiting = "state in ('unmatched', 'review')";

    /// <summary>Only touched within the one write that runs.</summary>
    private (long At, int Open) counted = (-1, 0);

    public Trail? Find(string id) => store.Read(reader => reader.First($"select {Columns} from okki_trails where id = ?1", Map, id));

    /// <exception cref="MailException">NotFound <c>trail_not_found</c>.</exception>
    public Trail Get(string id) => Find(id) ?? throw MailException.NotFound("trail_not_found", $"There is no record {id}. GET /api/okki/trails lists them.");

    /// <summary>Whether there is a record of something already, however it stands.</summary>
    public bool Has(string kind, string uid) => store.Read(reader => reader.Number("select 1 from okki_trails where kind = ?1 and uid = ?2 limit 1", kind, uid)) is not null;

    /// <summary>The newest first, and how many there are.</summary>
    public (IReadOnlyList<Trail> Trails, int Total) List(IReadOnlyList<string> states, int offset, int limit)
    {
        var where = states.Count == 0 ? "" : $"where state in ({string.Join(", ", states.Select(state => $"'{state}'"))})";
        return store.Read(reader => (
            (IReadOnlyList<Trail>)reader.Query($"select {Columns} from okki_trails {where} order by number desc limit ?1 offset ?2", Map, limit, offset),
            (int)reader.Number($"select count(*) from okki_trails {where}")!.Value));
    }

    /// <summary>How many there are, by state.</summary>
    public IReadOnlyDictionary<string, int> Counts() => store.Read(reader => reader.Query(
        "select state, count(*) from okki_trails group by state", row => (State: row.GetString(0), Count: row.GetInt32(1)))).ToDictionary(count => count.State, count => count.Count, StringComparer.Ordinal);

    /// <summary>What else of a customer was sent to the CRM since an instant, and is there or may be.</summary>
    internal IReadOnlyList<Trail> PostedSince(long companyId, DateTimeOffset since, string exceptId) => store.Read(reader => reader.Query(
        $"select {Columns} from okki_trails where company_id = ?1 and posted_at >= ?2 and id <> ?3 and state in ('posting', 'uncertain', 'synced')", Map, companyId, since.ToUnixTimeMilliseconds(), exceptId));

    /// <summary>What is to be done by now, the longest due first.</summary>
    public IReadOnlyList<string> Due(int limit) => store.Read(reader => reader.Query(
        $"select id from okki_trails where {IsOpen} and next_attempt_at <= ?1 order by next_attempt_at, number limit ?2", row => row.GetString(0), Now, limit));

    /// <summary>When the next is due; null when none will be.</summary>
    public DateTimeOffset? NextDue() => store.Read(reader => reader.Number($"select min(next_attempt_at) from okki_trails where {IsOpen}")) is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>
    /// Adds a record within a transaction of whoever makes it, unless there is one for its uid (and customer, when that is known): one that
    /// waits or is written stays as it is; one of which nothing was written begins anew.
    /// </summary>
    /// <returns>The record's id, and whether it is to be worked on.</returns>
    /// <exception cref="MailException">TooMany <c>okki_queue_full</c>.</exception>
    public (string Id, bool IsNew) Add(SqliteWriter writer, string kind, string uid, TrailSource source, AccountKey? account)
    {
        var known = writer.Query(
            $"select {Columns} from okki_trails where kind = ?1 and uid = ?2 and (?3 is null or company_id is null or company_id = ?3) order by company_id is null, number", Map, kind, uid, source.CompanyId);
        if (known.Find(trail => !trail.IsUnwritten && trail.State != "duplicate") is { } there)
            return (there.Id, false);
        if (known.Find(trail => trail.IsUnwritten) is { } unwritten)
        {
            Reset(writer, unwritten.Id, source);
            return (unwritten.Id, true);
        }

        if (Open(writer) >= MostOpen)
            throw new MailException(MailFault.TooMany, "okki_queue_full", $"{MostOpen} records wait for the CRM already, and more are not kept. Once it answers there is room.");
        var id = "k_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        writer.Execute(
            "insert into okki_trails (id, kind, uid, state, source, provider, email, attempts, next_attempt_at, created_at, updated_at) values (?1, ?2, ?3, 'pending', ?4, ?5, ?6, 0, ?7, ?7, ?7)",
            id,
            kind,
            uid,
            Pack(source),
            account?.Provider.Name(),
            account?.Email,
            Now);
        return (id, true);
    }

    public Task<(string Id, bool IsNew)> AddAsync(string kind, string uid, TrailSource source, AccountKey? account, CancellationToken ct) =>
        store.WriteAsync(writer => Add(writer, kind, uid, source, account), ct);

    /// <summary>Begins anew with one of which nothing was written.</summary>
    /// <exception cref="MailException">Conflict <c>trail_state</c>.</exception>
    public async Task ResetAsync(string id, Func<TrailSource, TrailSource> change, CancellationToken ct)
    {
        Get(id);
        await store.WriteAsync(
            writer =>
            {
                var trail = writer.First($"select {Columns} from okki_trails where id = ?1", Map, id)!;
                trail.RequireUnwritten();
                Reset(writer, id, change(trail.Source));
                return true;
            },
            ct);
    }

    /// <summary>What waits for a person to say whose it is, with the other side's address; what has none is left out.</summary>
    internal IReadOnlyList<(string Id, string Address)> Waiting() => store.Read(reader => reader.Query(
        $"select id, json_extract(source, '$.counterparties[0].address') from okki_trails where {IsWaiting} and json_extract(source, '$.counterparties[0].address') is not null",
        row => (row.GetString(0), row.GetString(1))));

    /// <summary>Begins anew with those of some records that still wait for a person.</summary>
    /// <returns>How many there were.</returns>
    internal Task<int> ResetWaitingAsync(IReadOnlyList<string> ids, Func<TrailSource, TrailSource> change, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            var count = 0;
            foreach (var id in ids)
            {
                if (writer.First($"select {Columns} from okki_trails where id = ?1 and {IsWaiting}", Map, id) is not { } trail)
                    continue;
                Reset(writer, id, change(trail.Source));
                count++;
            }

            return count;
        },
        ct);

    /// <summary>A customer is found. False: there is a record for it already, and this one ends as a duplicate of it.</summary>
    internal Task<bool> TryMatchAsync(Trail trail, CustomerMatch match, string content) => store.WriteAsync(
        writer =>
        {
            var other = writer.Text("select id from okki_trails where kind = ?1 and uid = ?2 and company_id = ?3 and id <> ?4", trail.Kind, trail.Uid, match.CompanyId, trail.Id);
            if (other is not null)
            {
                writer.Execute("update okki_trails set state = 'duplicate', reason = 'duplicate', match = ?2, trail_id = (select trail_id from okki_trails where id = ?3), updated_at = ?4 where id = ?1", trail.Id, Pack(match), other, Now);
                return false;
            }

            writer.Execute(
                "update okki_trails set state = 'matched', company_id = ?2, company_name = ?3, match = ?4, content = ?5, reason = null, error = null, attempts = 0, next_attempt_at = ?6, updated_at = ?6 where id = ?1 and state = 'pending'",
                trail.Id,
                match.CompanyId,
                match.Name,
                Pack(match),
                content.Replace('\0', ' '),
                Now);
            return true;
        },
        CancellationToken.None);

    /// <summary>It ends without a record: <c>unmatched, review, skipped</c> or <c>failed</c>.</summary>
    internal Task EndAsync(string id, string state, string reason, string? error, CustomerMatch? match) => store.WriteAsync(
        writer => writer.Execute(
            "update okki_trails set state = ?2, reason = ?3, error = ?4, match = ifnull(?5, match), company_id = case when ?2 in ('unmatched', 'review') then null else company_id end, updated_at = ?6 where id = ?1",
            id,
            state,
            reason,
            error?.Replace('\0', ' '),
            match is null ? null : Pack(match),
            Now),
        CancellationToken.None);

    /// <summary>It is about to be sent: from now on it may have been written.</summary>
    internal Task BeginPostingAsync(string id) => store.WriteAsync(
        writer => writer.Execute("update okki_trails set state = 'posting', posted_at = ?2, lost_at = null, updated_at = ?2 where id = ?1 and state = 'matched'", id, Now), CancellationToken.None);

    /// <summary>It is there. The mail's text, by which its customer was found, is not kept any longer.</summary>
    internal Task MarkSyncedAsync(Trail trail, long? trailId) => store.WriteAsync(writer => MarkSynced(writer, trail, trailId), CancellationToken.None);

    /// <summary>Somebody says whether an uncertain record was written.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>trail_state</c>.</exception>
    internal async Task SettleAsync(string id, bool isWritten, long? trailId, CancellationToken ct)
    {
        Get(id);
        await store.WriteAsync(
            writer =>
            {
                var trail = writer.First($"select {Columns} from okki_trails where id = ?1", Map, id)!;
                if (trail.State != "uncertain")
                    throw MailException.Conflict("trail_state", $"The record is {trail.State}; only an uncertain one can be settled.");
                if (isWritten)
                    MarkSynced(writer, trail, trailId);
                else
                    writer.Execute("update okki_trails set state = 'matched', reason = null, error = null, attempts = 0, next_attempt_at = ?2, updated_at = ?2 where id = ?1", id, Now);
                return true;
            },
            ct);
    }

    /// <summary>It waits in a state, after something that failed; unless somebody has settled it meanwhile.</summary>
    internal Task WaitAsync(string id, string state, MailException? error, DateTimeOffset next) => store.WriteAsync(
        writer => writer.Execute(
            $"""
            update okki_trails set lost_at = case when state = 'posting' and ?2 = 'uncertain' then ?6 else lost_at end,
                state = ?2, reason = ?3, error = ?4, attempts = attempts + 1, next_attempt_at = ?5, updated_at = ?6
            where id = ?1 and {IsOpen}
            """,
            id,
            state,
            error?.Code,
            error?.Message.Replace('\0', ' '),
            next.ToUnixTimeMilliseconds(),
            Now),
        CancellationToken.None);

    /// <summary>What waits for an account that goes; what was written stays, so that it is not written again.</summary>
    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute("delete from okki_trails where provider = ?1 and email = ?2 and state in ('pending', 'matched', 'unmatched', 'review', 'skipped', 'failed')", account.Provider.Name(), account.Email), ct);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How many wait, a second ago at most: counting is too slow to be done for each of thousands.</summary>
    private int Open(SqliteWriter writer)
    {
        if (counted.At < Now - 1000 || counted.At > Now)
            counted = (Now, (int)writer.Number($"select count(*) from okki_trails where {IsOpen}")!.Value);
        return counted.Open;
    }

    private int MarkSynced(SqliteWriter writer, Trail trail, long? trailId) => writer.Execute(
        "update okki_trails set state = 'synced', trail_id = ?2, reason = null, error = null, source = ?3, updated_at = ?4 where id = ?1",
        trail.Id,
        trailId,
        Pack(trail.Source with { Mail = trail.Source.Mail is { } mail ? mail with { Text = "" } : null }),
        Now);

    private void Reset(SqliteWriter writer, string id, TrailSource source) => writer.Execute(
        "update okki_trails set state = 'pending', company_id = null, company_name = null, reason = null, error = null, match = null, content = null, source = ?2, attempts = 0, next_attempt_at = ?3, updated_at = ?3 where id = ?1",
        id,
        Pack(source),
        Now);

    private static string Pack(TrailSource source) => JsonSerializer.Serialize(source, TrailJson.Default.TrailSource).Replace("\\u0000", "", StringComparison.Ordinal);

    private static string Pack(CustomerMatch match) => JsonSerializer.Serialize(match, TrailJson.Default.CustomerMatch).Replace("\\u0000", "", StringComparison.Ordinal);

    private static Trail Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = row.GetString(1),
        Uid = row.GetString(2),
        CompanyId = row.IsDBNull(3) ? null : row.GetInt64(3),
        CompanyName = Text(row, 4),
        State = row.GetString(5),
        Reason = Text(row, 6),
        Error = Text(row, 7),
        Source = JsonSerializer.Deserialize(row.GetString(8), TrailJson.Default.TrailSource)!,
        Match = row.IsDBNull(9) ? null : JsonSerializer.Deserialize(row.GetString(9), TrailJson.Default.CustomerMatch),
        Content = Text(row, 10),
        TrailId = row.IsDBNull(11) ? null : row.GetInt64(11),
        Account = row.IsDBNull(12) ? null : AccountKey.Read(row.GetString(12), row.GetString(13)),
        Attempts = row.GetInt32(14),
        NextAttemptAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(15)),
        PostedAt = row.IsDBNull(16) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(16)),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(17)),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(18)),
        LostAt = row.IsDBNull(19) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(19)),
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
