using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Actions;

/// <summary>The outbox's rows in <c>store.db</c> and their files in <c>outbox/</c>. What is written here is on the disk when it returns. Thread-safe.</summary>
public sealed class OutboxStore(SqliteFile store, DataPaths paths, EventHub events, TimeProvider time)
{
    private const int ConstraintFailed = 19;
    private const string IsHeld = "(?1 is null or provider = ?1 and email = ?2) and state = ?3 and (?3 = 'failed' or error is not null)";
    private const string Suffix = ".eml";

    private const string Columns =
        "id, kind, provider, email, state, envelope, attempts, next_attempt_at, error_fault, error_code, error, refused, sent_id, todo, todo_attempts, "
        + "idempotency_key, request_hash, created_at";

    /// <summary>To be sent, or sent with something left to do. In the words of the index, so that it is used.</summary>
    private const string IsDue = "(state = 'pending' or todo is not null) and state in ('pending', 'sent')";

    /// <summary>Files that were there before this store wrote any: only of these can a crash have left some without a row.</summary>
    private readonly string[] found = [.. new DirectoryInfo(paths.Outbox).EnumerateFiles("*" + Suffix).Select(file => file.FullName)];

    public static string NewId() => "o_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    public string PathOf(string id) => Path.Combine(paths.Outbox, id + Suffix);

    /// <summary>Writes the mail of a new row; on the disk when it returns, and gone again when it fails.</summary>
    public async Task WriteMailAsync(string id, Func<Stream, Task> write)
    {
        var path = PathOf(id);
        try
        {
            await using var file = PrivateFiles.Create(path);
            await using (var buffered = new BufferedStream(file, 64 * 1024))
            {
                await write(buffered);
                await buffered.FlushAsync();
                file.Flush(flushToDisk: true);
            }
        }
        catch
        {
            PrivateFiles.DeleteQuietly(path);
            throw;
        }
    }

    /// <summary>False: there is a row with this idempotency key already.</summary>
    /// <param name="along">What is committed together with the row; what it throws takes the row back; the file is then swept.</param>
    public async Task<bool> TryAddAsync(OutboxItem item, Action<SqliteWriter, string>? along, CancellationToken ct)
    {
        try
        {
            await store.WriteAsync(
                writer =>
                {
                    Insert(writer, item);
                    along?.Invoke(writer, item.Id);
                },
                ct);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == ConstraintFailed && item.IdempotencyKey is not null)
        {
            PrivateFiles.DeleteQuietly(PathOf(item.Id));
            return false;
        }

        Tell(item.Id);
        return true;
    }

    public OutboxItem? Find(string id) => store.Read(reader => reader.First($"select {Columns} from outbox where id = ?1", Map, id));

    public OutboxItem? Find(AccountKey account, string idempotencyKey) => store.Read(reader => reader.First(
        $"select {Columns} from outbox where provider = ?1 and email = ?2 and idempotency_key = ?3", Map, account.Provider.Name(), account.Email, idempotencyKey));

    /// <summary>Of every account of a provider.</summary>
    public IReadOnlyList<OutboxItem> FindAll(ProviderKind provider, string idempotencyKey) => store.Read(reader => reader.Query(
        $"select {Columns} from outbox where provider = ?1 and idempotency_key = ?2", Map, provider.Name(), idempotencyKey));

    /// <summary>The newest first, and how many there are.</summary>
    public (IReadOnlyList<OutboxItem> Items, int Total) List(OutboxState? state, AccountKey? account, int offset, int limit)
    {
        const string Where = "where (?1 is null or state = ?1) and (?2 is null or provider = ?2 and email = ?3)";
        var (stateName, provider, email) = (state is { } given ? Name(given) : null, account?.Provider.Name(), account?.Email);
        return store.Read(reader => (
            (IReadOnlyList<OutboxItem>)reader.Query($"select {Columns} from outbox {Where} order by created_at desc, id limit ?4 offset ?5", Map, stateName, provider, email, limit, offset),
            (int)reader.Number($"select count(*) from outbox {Where}", stateName, provider, email)!.Value));
    }

    /// <summary>What waits after a try that failed, or was given up; oldest first.</summary>
    public IReadOnlyList<OutboxItem> Held(AccountKey? account, bool isFailed, int limit) => store.Read(reader => reader.Query(
        $"select {Columns} from outbox where {IsHeld} order by created_at, id limit ?4",
        Map,
        account?.Provider.Name(),
        account?.Email,
        Name(isFailed ? OutboxState.Failed : OutboxState.Pending),
        limit));

    /// <summary>How many <see cref="Held"/> would give without a limit.</summary>
    public int CountHeld(AccountKey? account, bool isFailed) => (int)store.Read(reader => reader.Number(
        $"select count(*) from outbox where {IsHeld}", account?.Provider.Name(), account?.Email, Name(isFailed ? OutboxState.Failed : OutboxState.Pending)))!.Value;

    /// <summary>How many rows stand so, of each state.</summary>
    public IReadOnlyDictionary<OutboxState, int> Counts()
    {
        var counts = store.Read(reader => reader.Query("select state, count(*) from outbox group by state", row => (State: row.GetString(0), Count: row.GetInt32(1))));
        return Enum.GetValues<OutboxState>().ToDictionary(state => state, state => counts.Find(count => count.State == Name(state)).Count);
    }

    /// <summary>Accounts with something to be tried by now.</summary>
    public IReadOnlyList<AccountKey> DueAccounts() => store.Read(reader => reader.Query(
        $"select distinct provider, email from outbox where {IsDue} and next_attempt_at <= ?1", row => AccountKey.Read(row.GetString(0), row.GetString(1)), Now));

    /// <summary>What of an account is to be tried by now, the longest due first.</summary>
    public IReadOnlyList<OutboxItem> Due(AccountKey account, int limit) => store.Read(reader => reader.Query(
        $"select {Columns} from outbox where {IsDue} and next_attempt_at <= ?1 and provider = ?2 and email = ?3 order by next_attempt_at, id limit ?4",
        Map,
        Now,
        account.Provider.Name(),
        account.Email,
        limit));

    /// <summary>When the next row is due; null when none will be.</summary>
    public DateTimeOffset? NextDue() => store.Read(reader => reader.Number(
        $"select min(next_attempt_at) from outbox where {IsDue}")) is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : null;

    /// <summary>Rows that a crash or a stop left between the last word and its answer.</summary>
    public IReadOnlyList<OutboxItem> Unsettled() => store.Read(reader => reader.Query($"select {Columns} from outbox where state = 'sending'", Map));

    /// <summary>From here on only the server's answer can say that it does not have the mail.</summary>
    /// <returns>False: it is not there any more, or not to be sent.</returns>
    public Task<bool> MarkSendingAsync(string id, CancellationToken ct) => SetAsync("update outbox set state = 'sending', updated_at = ?2 where id = ?1 and state = 'pending'", ct, id, Now);

    /// <param name="sentId">The id of the copy in Sent; null when it is not known yet.</param>
    public Task MarkSentAsync(string id, IReadOnlyDictionary<string, string> refused, OutboxTodo? todo, string? sentId = null) => SetAsync(
        "update outbox set state = 'sent', updated_at = ?2, refused = ?3, todo = ?4, sent_id = coalesce(?5, sent_id), next_attempt_at = ?2, error = null, error_code = null, error_fault = null where id = ?1",
        CancellationToken.None,
        id,
        Now,
        Pack(refused),
        Pack(todo),
        sentId);

    /// <summary>The server has the mail for some of its recipients, and for the others it is to be sent again.</summary>
    public Task MarkPartlySentAsync(string id, MailEnvelope envelope, IReadOnlyDictionary<string, string> refused) => SetAsync(
        "update outbox set state = 'pending', updated_at = ?2, next_attempt_at = ?2, envelope = ?3, refused = ?4 where id = ?1",
        CancellationToken.None,
        id,
        Now,
        JsonSerializer.Serialize(envelope, OutboxJson.Readable.MailEnvelope),
        Pack(refused));

    /// <param name="state">Pending, to be tried again at <paramref name="next"/>; failed or uncertain.</param>
    public Task MarkTriedAsync(string id, OutboxState state, MailException error, DateTimeOffset next) => SetAsync(
        """
        update outbox set state = ?3, attempts = attempts + 1, next_attempt_at = ?4, error_fault = ?5, error_code = ?6, error = ?7, updated_at = ?2
        where id = ?1 and state in ('pending', 'sending')
        """,
        CancellationToken.None,
        id,
        Now,
        Name(state),
        next.ToUnixTimeMilliseconds(),
        error.Fault.ToString(),
        error.Code,
        error.Message.Replace('\0', ' '));

    /// <summary>What follows the sending is done, or as far as <paramref name="left"/> says.</summary>
    public Task SaveTodoAsync(string id, OutboxTodo? left, string? sentId, DateTimeOffset next) => SetAsync(
        "update outbox set todo = ?3, sent_id = coalesce(?4, sent_id), todo_attempts = todo_attempts + 1, next_attempt_at = ?5, updated_at = ?2 where id = ?1",
        CancellationToken.None,
        id,
        Now,
        Pack(left),
        sentId,
        next.ToUnixTimeMilliseconds());

    /// <summary>Puts a row that failed or is uncertain back to be sent now. False: it is not one of these any more.</summary>
    public Task<bool> RetryAsync(string id, CancellationToken ct) => SetAsync(
        "update outbox set state = 'pending', attempts = 0, next_attempt_at = ?2, updated_at = ?2 where id = ?1 and state in ('failed', 'uncertain', 'pending')", ct, id, Now);

    /// <summary>Removes a row and its file. False: it is being sent, or not there.</summary>
    public async Task<bool> RemoveAsync(string id, CancellationToken ct)
    {
        var item = Find(id);
        if (await store.WriteAsync(writer => writer.Execute("delete from outbox where id = ?1 and state <> 'sending'", id), ct) == 0)
            return false;
        PrivateFiles.DeleteQuietly(PathOf(id));
        if (item is not null)
            events.Publish(EventTypes.OutboxRemoved, item.Account, data: item);
        return true;
    }

    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => RemoveWhereAsync("provider = ?1 and email = ?2", ct, account.Provider.Name(), account.Email);

    /// <summary>Forgets what was sent before an instant, and deletes files of an earlier run that no row names: a crash comes between a file and its row.</summary>
    public async Task SweepAsync(DateTimeOffset sentBefore, CancellationToken ct)
    {
        await RemoveWhereAsync("state = 'sent' and todo is null and updated_at < ?1", ct, sentBefore.ToUnixTimeMilliseconds());
        foreach (var file in found)
        {
            if (store.Read(reader => reader.Number("select 1 from outbox where id = ?1 and not (state = 'sent' and todo is null)", Path.GetFileNameWithoutExtension(file))) is null)
                PrivateFiles.DeleteQuietly(file);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static void Insert(SqliteWriter writer, OutboxItem item) => writer.Execute(
        """
        insert into outbox (id, kind, provider, email, state, message_id, envelope, attempts, next_attempt_at, todo, idempotency_key, request_hash, created_at, updated_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?12)
        """,
        item.Id,
        item.Kind,
        item.Account.Provider.Name(),
        item.Account.Email,
        Name(item.State),
        item.Envelope.MessageId,
        JsonSerializer.Serialize(item.Envelope, OutboxJson.Readable.MailEnvelope),
        item.NextAttemptAt.ToUnixTimeMilliseconds(),
        Pack(item.Todo),
        item.IdempotencyKey,
        item.RequestHash,
        item.CreatedAt.ToUnixTimeMilliseconds());

    private static string? Pack(OutboxTodo? todo) => todo is null or { IsNothing: true } ? null : JsonSerializer.Serialize(todo, OutboxJson.Readable.OutboxTodo);

    private static string? Pack(IReadOnlyDictionary<string, string> refused) =>
        refused.Count == 0 ? null : JsonSerializer.Serialize(refused, OutboxJson.Readable.IReadOnlyDictionaryStringString);

    private static string Name(OutboxState state) => state.ToString().ToLowerInvariant();

    private static OutboxItem Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = row.GetString(1),
        Account = AccountKey.Read(row.GetString(2), row.GetString(3)),
        State = Enum.Parse<OutboxState>(row.GetString(4), ignoreCase: true),
        Envelope = JsonSerializer.Deserialize(row.GetString(5), OutboxJson.Readable.MailEnvelope)!,
        Attempts = row.GetInt32(6),
        NextAttemptAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
        Error = row.IsDBNull(8) ? null : new MailException(Enum.Parse<MailFault>(row.GetString(8)), row.GetString(9), row.GetString(10)),
        Refused = row.IsDBNull(11)
            ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            : JsonSerializer.Deserialize(row.GetString(11), OutboxJson.Readable.IReadOnlyDictionaryStringString)!,
        SentId = row.IsDBNull(12) ? null : row.GetString(12),
        Todo = row.IsDBNull(13) ? null : JsonSerializer.Deserialize(row.GetString(13), OutboxJson.Readable.OutboxTodo),
        TodoAttempts = row.GetInt32(14),
        IdempotencyKey = row.IsDBNull(15) ? null : row.GetString(15),
        RequestHash = row.IsDBNull(16) ? null : row.GetFieldValue<byte[]>(16),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(17)),
    };

    /// <summary>Changes the row whose id is the first value, and tells of it.</summary>
    private async Task<bool> SetAsync(string sql, CancellationToken ct, params object?[] values)
    {
        var isChanged = await store.WriteAsync(writer => writer.Execute(sql, values), ct) > 0;
        if (isChanged)
            Tell((string)values[0]!);
        return isChanged;
    }

    private void Tell(string id)
    {
        if (Find(id) is { } item)
            events.Publish(EventTypes.Outbox + Name(item.State), item.Account, data: item);
    }

    private async Task RemoveWhereAsync(string condition, CancellationToken ct, params object?[] values)
    {
        var gone = await store.WriteAsync(
            writer =>
            {
                var ids = writer.Query($"select id from outbox where {condition}", row => row.GetString(0), values);
                writer.Execute($"delete from outbox where {condition}", values);
                return ids;
            },
            ct);
        foreach (var id in gone)
            PrivateFiles.DeleteQuietly(PathOf(id));
    }
}
