using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Actions;

/// <summary>The rows of waiting and refused changes in <c>store.db</c>, in the order in which they were asked for. Thread-safe.</summary>
public sealed class ChangeStore(SqliteFile store, TimeProvider time)
{
    private const string Columns = "id, provider, email, change, before, state, attempts, next_attempt_at, error_fault, error_code, error, created_at";
    private const string Pending = "pending";
    private const string Failed = "failed";

    /// <summary>Of this account; all when it is null.</summary>
    private const string OfAccount = "(?1 is null or provider = ?1 and email = ?2)";

    public static string NewId() => "c_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    public Task AddAsync(ChangeItem item, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute(
            """
            insert into changes (id, provider, email, change, before, state, attempts, next_attempt_at, created_at)
            values (?1, ?2, ?3, ?4, ?5, 'pending', 0, ?6, ?7)
            """,
            item.Id,
            item.Account.Provider.Name(),
            item.Account.Email,
            JsonSerializer.Serialize(item.Change, ChangeJson.Readable.MessageChange),
            JsonSerializer.Serialize(item.Before, ChangeJson.Readable.IReadOnlyListBeforeChange),
            item.NextAttemptAt.ToUnixTimeMilliseconds(),
            item.CreatedAt.ToUnixTimeMilliseconds()),
        ct);

    public ChangeItem? Find(string id) => store.Read(reader => reader.First($"select {Columns} from changes where id = ?1", Map, id));

    /// <summary>The change of an account that comes first; null when none waits.</summary>
    public ChangeItem? Next(AccountKey account) => store.Read(reader => reader.First(
        $"select {Columns} from changes where state = 'pending' and provider = ?1 and email = ?2 order by number limit 1", Map, account.Provider.Name(), account.Email));

    public int Waiting(AccountKey account) => (int)store.Read(reader => reader.Number(
        "select count(*) from changes where state = 'pending' and provider = ?1 and email = ?2", account.Provider.Name(), account.Email))!.Value;

    /// <summary>In order, at most so many.</summary>
    public IReadOnlyList<ChangeItem> List(AccountKey? account, bool isFailed, int limit) => store.Read(reader => reader.Query(
        $"select {Columns} from changes where {OfAccount} and state = ?3 order by number limit ?4", Map, account?.Provider.Name(), account?.Email, isFailed ? Failed : Pending, limit));

    public int Count(AccountKey? account, bool isFailed) => (int)store.Read(reader => reader.Number(
        $"select count(*) from changes where {OfAccount} and state = ?3", account?.Provider.Name(), account?.Email, isFailed ? Failed : Pending))!.Value;

    /// <summary>When the next try of any account is due; null when nothing waits.</summary>
    public DateTimeOffset? NextDue() => store.Read(reader => reader.Number("select min(next_attempt_at) from changes where state = 'pending'")) is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : null;

    /// <summary>Accounts with something to be tried by now.</summary>
    public IReadOnlyList<AccountKey> DueAccounts() => store.Read(reader => reader.Query(
        "select distinct provider, email from changes where state = 'pending' and next_attempt_at <= ?1", row => AccountKey.Read(row.GetString(0), row.GetString(1)), Now));

    /// <summary>The try failed and may do later; all that come after it wait with it, because they keep their order.</summary>
    public Task PutOffAsync(ChangeItem item, MailException error, DateTimeOffset next) => store.WriteAsync(
        writer => SetError(writer, item.Id, error) + writer.Execute(
            "update changes set next_attempt_at = ?3 where state = 'pending' and provider = ?1 and email = ?2",
            item.Account.Provider.Name(),
            item.Account.Email,
            next.ToUnixTimeMilliseconds()),
        CancellationToken.None);

    public Task MarkFailedAsync(string id, MailException error) => store.WriteAsync(
        writer => SetError(writer, id, error) + writer.Execute("update changes set state = 'failed' where id = ?1", id), CancellationToken.None);

    /// <summary>False: it is not there any more.</summary>
    public async Task<bool> RemoveAsync(string id, CancellationToken ct) => await store.WriteAsync(writer => writer.Execute("delete from changes where id = ?1", id), ct) > 0;

    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute("delete from changes where provider = ?1 and email = ?2", account.Provider.Name(), account.Email), ct);

    /// <summary>A label of the account's server has another name there from now on: what waits, or was refused, means that one.</summary>
    public Task RenameLabelAsync(AccountKey account, string from, string to, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            foreach (var item in writer.Query($"select {Columns} from changes where provider = ?1 and email = ?2", Map, account.Provider.Name(), account.Email))
            {
                var change = item.Change with { AddLabels = Renamed(item.Change.AddLabels), RemoveLabels = Renamed(item.Change.RemoveLabels) };
                writer.Execute(
                    "update changes set change = ?2, before = ?3 where id = ?1",
                    item.Id,
                    JsonSerializer.Serialize(change, ChangeJson.Readable.MessageChange),
                    JsonSerializer.Serialize([.. item.Before.Select(b => b with { Labels = Renamed(b.Labels) })], ChangeJson.Readable.IReadOnlyListBeforeChange));
            }

            IReadOnlyList<string> Renamed(IReadOnlyList<string> labels) => [.. labels.Select(label => label.Equals(from, StringComparison.OrdinalIgnoreCase) ? to : label)];
        },
        ct);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static int SetError(SqliteWriter writer, string id, MailException error) => writer.Execute(
        "update changes set attempts = attempts + 1, error_fault = ?2, error_code = ?3, error = ?4 where id = ?1",
        id,
        error.Fault.ToString(),
        error.Code,
        error.Message.Replace('\0', ' '));

    private static ChangeItem Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Account = AccountKey.Read(row.GetString(1), row.GetString(2)),
        Change = JsonSerializer.Deserialize(row.GetString(3), ChangeJson.Readable.MessageChange)!,
        Before = JsonSerializer.Deserialize(row.GetString(4), ChangeJson.Readable.IReadOnlyListBeforeChange)!,
        IsFailed = row.GetString(5) == Failed,
        Attempts = row.GetInt32(6),
        NextAttemptAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
        Error = row.IsDBNull(8) ? null : new MailException(Enum.Parse<MailFault>(row.GetString(8)), row.GetString(9), row.GetString(10)),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)),
    };
}
