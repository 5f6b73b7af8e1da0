using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Agents;

/// <summary>
/// Tasks of agents and their leases. Whoever takes a task has it until its lease ends, with a token of that lease; the next lease has
/// another. What is written here is on the disk when it returns. Thread-safe.
/// </summary>
public sealed class AgentTaskStore(SqliteFile store, EventHub events, TimeProvider time)
{
    private const string Columns =
        "id, agent_id, provider, email, state, rule_id, rule_name, allowed, message, attempts, lease_until, token_hash, result, actions, error, created_at, updated_at";

    private const string IsOpen = "state in ('queued', 'leased', 'completing')";

    /// <summary>The rule is there and switched on: the tasks of others are not given out.</summary>
    private const string HasRule = "rule_id in (select id from rules where enabled = 1)";

    private readonly Lock gate = new();
    private TaskCompletionSource changed = NewSignal();

    private const string TokenPrefix = "at_";

    /// <summary>Its agent has it, and the lease is not over at the instant of the change.</summary>
    private const string IsHeld = "state = 'leased' and lease_until > ?3";

    private const string Cancelled = "state = 'cancelled', token_hash = null, lease_until = 0, updated_at = ?1";

    /// <summary>What a task that is given out allows at this moment; null for what it was made with.</summary>
    public Func<AgentTask, IReadOnlyList<string>>? Allowed { get; set; }

    /// <summary>Whether a text has the form of a capability token.</summary>
    public static bool IsToken(string text) => text.StartsWith(TokenPrefix, StringComparison.Ordinal);

    public static string NewId() => "t_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>Adds a task within a transaction of whoever makes it; <see cref="Tell"/> follows once that is committed.</summary>
    public static void Add(SqliteWriter writer, AgentTask task) => writer.Execute(
        """
        insert into agent_tasks (id, agent_id, provider, email, key, rule_id, rule_name, state, allowed, message, attempts, next_attempt_at, lease_until, created_at, updated_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?9, 0, ?10, 0, ?10, ?10)
        """,
        task.Id,
        task.AgentId,
        task.Message.Provider,
        task.Message.Email,
        task.Message.Key,
        task.RuleId,
        task.RuleName,
        JsonSerializer.Serialize(task.AllowedActions, AgentJson.Readable.IReadOnlyListString),
        JsonSerializer.Serialize(task.Message, AgentJson.Readable.AgentMessage).Replace("\\u0000", "", StringComparison.Ordinal),
        task.CreatedAt.ToUnixTimeMilliseconds());

    public AgentTask? Find(string id) => store.Read(reader => reader.First($"select {Columns} from agent_tasks where id = ?1", Map, id));

    /// <exception cref="MailException">NotFound <c>task_not_found</c>.</exception>
    public AgentTask Get(string id) => Find(id) ?? throw MailException.NotFound("task_not_found", $"There is no agent task {id}. GET /api/agents/tasks lists them.");

    /// <summary>The newest first, and how many there are.</summary>
    public (IReadOnlyList<AgentTask> Tasks, int Total) List(string? state, string? agentId, int offset, int limit)
    {
        const string Where = "where (?1 is null or state = ?1) and (?2 is null or agent_id = ?2)";
        return store.Read(reader => (
            (IReadOnlyList<AgentTask>)reader.Query($"select {Columns} from agent_tasks {Where} order by number desc limit ?3 offset ?4", Map, state, agentId, limit, offset),
            (int)reader.Number($"select count(*) from agent_tasks {Where}", state, agentId)!.Value));
    }

    /// <summary>Gives out what waits for an agent, the oldest first; waits for something when there is nothing.</summary>
    /// <param name="wait">How long; nothing then is an empty answer.</param>
    public async Task<IReadOnlyList<AgentTask>> LeaseAsync(string agentId, int limit, TimeSpan lease, TimeSpan wait, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        while (true)
        {
            var news = News();
            if (await TakeAsync(agentId, limit, lease, ct) is { Count: > 0 } tasks)
                return tasks;
            try
            {
                // A lease may end and a rest be over without anybody telling.
                await Task.WhenAny(news, Task.Delay(TimeSpan.FromSeconds(1), time, either.Token));
                either.Token.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return [];
            }
        }
    }

    /// <summary>Agents for whom something waits or who have something, with when the first of it is to be given out or taken back.</summary>
    public IReadOnlyList<(string AgentId, DateTimeOffset Due)> Waiting() => store.Read(reader => reader.Query(
        $"select agent_id, min(case state when 'queued' then next_attempt_at else lease_until end) from agent_tasks where {IsOpen} and (state = 'queued' and {HasRule} or state = 'leased') group by agent_id",
        row => (row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)))));

    /// <summary>How many there are, by state.</summary>
    public IReadOnlyDictionary<string, int> Counts() => store.Read(reader => reader.Query(
        "select state, count(*) from agent_tasks group by state", row => (State: row.GetString(0), Count: row.GetInt32(1)))).ToDictionary(count => count.State, count => count.Count, StringComparer.Ordinal);

    /// <summary>Those whose actions a crash or a stop left undone.</summary>
    public IReadOnlyList<AgentTask> Completing() => store.Read(reader => reader.Query($"select {Columns} from agent_tasks where {IsOpen} and state = 'completing' order by number", Map));

    /// <summary>The task that a token opens, while its lease lasts.</summary>
    /// <exception cref="MailException">NotFound; Forbidden <c>capability_refused</c>: a token of another task or lease; Conflict <c>lease_over</c>.</exception>
    public AgentTask Open(string id, string token)
    {
        var task = Get(id);
        if (task.State == "cancelled")
            throw Refused("The task was cancelled; what it allowed is revoked.");
        if (task.TokenHash is not { } hash || !CryptographicOperations.FixedTimeEquals(hash, Hash(token)))
            throw Refused("This token is not that of the task's present lease. A task that is given out again has a new one.");
        return task is { State: "leased", LeaseUntil: var until } && until <= time.GetUtcNow() ? throw LeaseOver() : task;
    }

    public static MailException Refused(string why) => new(MailFault.Forbidden, "capability_refused", why);

    /// <summary>Lengthens the lease, from now.</summary>
    public async Task<AgentTask> ExtendAsync(AgentTask task, TimeSpan lease, CancellationToken ct)
    {
        await ChangeAsync(task, IsHeld, "lease_until = ?4", ct, (time.GetUtcNow() + lease).ToUnixTimeMilliseconds());
        return Get(task.Id);
    }

    /// <summary>Takes over what the agent wants done, so that it is done whatever dies.</summary>
    /// <exception cref="MailException">Conflict <c>lease_over</c>.</exception>
    public Task BeginCompletingAsync(AgentTask task, JsonElement? result, IReadOnlyList<AgentAction> actions, CancellationToken ct) => ChangeAsync(
        task,
        IsHeld,
        "state = 'completing', result = ?4, actions = ?5, error = null",
        ct,
        result is { } given ? given.GetRawText() : null,
        Pack(actions));

    /// <summary>Notes within a transaction what it does for a task.</summary>
    internal void SaveEffect(SqliteWriter writer, AgentTask task, IReadOnlyList<AgentAction> actions)
    {
        if (writer.Execute("update agent_tasks set actions = ?2, updated_at = ?3 where id = ?1 and state = 'completing'", task.Id, Pack(actions), Now) == 0)
            throw new InvalidOperationException("The task is not being completed.");
    }

    public async Task SaveActionsAsync(AgentTask task, IReadOnlyList<AgentAction> actions, bool areOver)
    {
        await ChangeAsync(task, "state = 'completing'", "actions = ?4, state = ?5", CancellationToken.None, Pack(actions), areOver ? "done" : "completing");
        if (areOver)
            Tell(task.Id);
    }

    /// <summary>Gives a task back: to be given out again after a while, or, when it was tried enough or <paramref name="isFinal"/>, to nobody.</summary>
    public async Task<AgentTask> FailAsync(AgentTask task, string error, bool isFinal, CancellationToken ct)
    {
        var isDead = isFinal || task.Attempts >= AgentTask.MostAttempts;
        await ChangeAsync(
            task,
            IsHeld,
            "state = ?4, error = ?5, next_attempt_at = ?6, lease_until = 0, token_hash = null",
            ct,
            isDead ? "dead" : "queued",
            error.Replace('\0', ' '),
            (time.GetUtcNow() + Rest(task.Attempts)).ToUnixTimeMilliseconds());
        Tell(task.Id);
        return Get(task.Id);
    }

    /// <summary>Takes a lease back that its agent never heard of: as if the task had not been given out.</summary>
    /// <exception cref="MailException">Conflict <c>lease_over</c>.</exception>
    public async Task TakeBackAsync(AgentTask task, string error, CancellationToken ct)
    {
        await ChangeAsync(
            task,
            "state = 'leased'",
            "state = 'queued', error = ?4, attempts = attempts - 1, next_attempt_at = ?3, lease_until = 0, token_hash = null",
            ct,
            error);
        Tell(task.Id);
    }

    /// <summary>Puts a dead task back among those that wait.</summary>
    /// <exception cref="MailException">Conflict <c>task_state</c>.</exception>
    public async Task<AgentTask> RequeueAsync(string id, CancellationToken ct)
    {
        var task = Get(id);
        var isDone = await store.WriteAsync(
            writer => writer.Execute("update agent_tasks set state = 'queued', attempts = 0, next_attempt_at = ?2, updated_at = ?2 where id = ?1 and state = 'dead'", id, Now), ct) > 0;
        if (!isDone)
            throw MailException.Conflict("task_state", $"The task is {task.State}; only a dead one can be given out again.");
        Tell(id);
        return Get(id);
    }

    /// <summary>Ends a task that is not complete: nobody gets it any more, and its token opens nothing.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>task_state</c>.</exception>
    public async Task<AgentTask> CancelAsync(string id, CancellationToken ct)
    {
        var task = Get(id);
        var isDone = await store.WriteAsync(
            writer => writer.Execute($"update agent_tasks set {Cancelled} where id = ?2 and state in ('queued', 'leased', 'dead')", Now, id), ct) > 0;
        if (!isDone)
            throw MailException.Conflict("task_state", $"The task is {Get(id).State}; only one that is queued, leased or dead can be cancelled.");
        Tell(task.Id);
        return Get(id);
    }

    /// <summary>Cancels what waits for agents by a rule that is not there any more.</summary>
    public async Task CancelOrphansAsync(CancellationToken ct)
    {
        const string Orphans = $"{IsOpen} and state <> 'completing' and rule_id not in (select id from rules)";
        var ids = await store.WriteAsync(
            writer =>
            {
                var found = writer.Query($"select id from agent_tasks where {Orphans}", row => row.GetString(0));
                if (found.Count > 0)
                    writer.Execute($"update agent_tasks set {Cancelled}, error = 'The rule was deleted.' where {Orphans}", Now);
                return found;
            },
            ct);
        foreach (var id in ids)
            Tell(id);
    }

    /// <summary>Forgets what was over before an instant.</summary>
    public Task SweepAsync(DateTimeOffset before, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute("delete from agent_tasks where state in ('done', 'dead', 'cancelled') and updated_at < ?1", before.ToUnixTimeMilliseconds()), ct);

    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute("delete from agent_tasks where provider = ?1 and email = ?2", account.Provider.Name(), account.Email), ct);

    /// <summary>Tells of a task as it stands, and wakes whoever waits for one.</summary>
    public void Tell(string id)
    {
        if (Find(id) is { } task)
            events.Publish(EventTypes.Task + task.State, task.Account, task.Message.Key, Short(task));
        TaskCompletionSource signal;
        lock (gate)
        {
            (signal, changed) = (changed, NewSignal());
        }

        signal.TrySetResult();
    }

    /// <summary>Completes at the next change of any task.</summary>
    public Task News()
    {
        lock (gate)
        {
            return changed.Task;
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>10 s · 3ⁿ, at most half an hour.</summary>
    internal static TimeSpan Rest(int attempts) => TimeSpan.FromSeconds(Math.Min(1800, 10 * Math.Pow(3, Math.Max(0, attempts - 1))));

    private async Task<List<AgentTask>> TakeAsync(string agentId, int limit, TimeSpan lease, CancellationToken ct)
    {
        if (store.Read(reader => reader.Number(
            $"select 1 from agent_tasks where agent_id = ?1 and {IsOpen} and (state = 'queued' and next_attempt_at <= ?2 and {HasRule} or state = 'leased' and lease_until <= ?2) limit 1", agentId, Now)) is null)
            return [];
        var (given, dead) = await store.WriteAsync(
            writer =>
            {
                // Leases that are over: given out again, or once too often.
                var over = writer.Query(
                    $"select id, attempts from agent_tasks where agent_id = ?1 and {IsOpen} and state = 'leased' and lease_until <= ?2",
                    row => (Id: row.GetString(0), IsDead: row.GetInt32(1) >= AgentTask.MostAttempts),
                    agentId,
                    Now);
                foreach (var (id, isDead) in over)
                {
                    writer.Execute(
                        "update agent_tasks set state = ?2, token_hash = null, next_attempt_at = ?3, updated_at = ?3, error = 'The lease ended without a word from the agent.' where id = ?1",
                        id,
                        isDead ? "dead" : "queued",
                        Now);
                }

                var ids = writer.Query(
                    $"select id from agent_tasks where agent_id = ?1 and {IsOpen} and state = 'queued' and next_attempt_at <= ?2 and {HasRule} order by number limit ?3", row => row.GetString(0), agentId, Now, limit);
                var tokens = ids.ConvertAll(id => (Id: id, Token: TokenPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))));
                foreach (var (id, token) in tokens)
                {
                    writer.Execute(
                        "update agent_tasks set state = 'leased', attempts = attempts + 1, lease_until = ?2, token_hash = ?3, updated_at = ?4 where id = ?1",
                        id,
                        (time.GetUtcNow() + lease).ToUnixTimeMilliseconds(),
                        Hash(token),
                        Now);
                }

                return (tokens, over.Where(one => one.IsDead).Select(one => one.Id).ToList());
            },
            ct);
        foreach (var id in dead.Concat(given.Select(one => one.Id)))
            Tell(id);
        return given.ConvertAll(one => Get(one.Id) is var task && Allowed is { } allowed
            ? task with { CapabilityToken = one.Token, AllowedActions = allowed(task) }
            : task with { CapabilityToken = one.Token });
    }

    /// <summary>In <paramref name="condition"/> and <paramref name="change"/> ?3 is now, and the values are ?4 and so on.</summary>
    private async Task ChangeAsync(AgentTask task, string condition, string change, CancellationToken ct, params object?[] values)
    {
        // The token's hash, too: a lease that ended meanwhile may be somebody else's by now.
        object?[] all = [task.Id, task.TokenHash, Now, .. values];
        var done = await store.WriteAsync(writer => writer.Execute($"update agent_tasks set {change}, updated_at = ?3 where id = ?1 and token_hash is ?2 and {condition}", all), ct);
        if (done == 0)
            throw LeaseOver();
    }

    private static MailException LeaseOver() =>
        MailException.Conflict("lease_over", "The lease of this task is over, or the task is complete. Take it again; GET /api/agents/tasks says how it stands.");

    /// <summary>Thousands of events are remembered: without the texts.</summary>
    private static AgentTask Short(AgentTask task) => task with { Message = task.Message with { Text = "", IsTextCut = task.Message.Text.Length > 0 }, Result = null };

    private static string Pack(IReadOnlyList<AgentAction> actions) => JsonSerializer.Serialize(actions, AgentJson.Readable.IReadOnlyListAgentAction);

    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static AgentTask Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        AgentId = row.GetString(1),
        State = row.GetString(4),
        RuleId = row.GetString(5),
        RuleName = row.GetString(6),
        AllowedActions = JsonSerializer.Deserialize(row.GetString(7), AgentJson.Readable.IReadOnlyListString)!,
        Message = JsonSerializer.Deserialize(row.GetString(8), AgentJson.Readable.AgentMessage)!,
        Attempts = row.GetInt32(9),
        LeaseUntil = row.GetInt64(10) == 0 || row.GetString(4) != "leased" ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
        TokenHash = row.IsDBNull(11) ? null : row.GetFieldValue<byte[]>(11),
        Result = row.IsDBNull(12) ? null : JsonSerializer.Deserialize(row.GetString(12), AgentJson.Readable.JsonElement),
        Actions = row.IsDBNull(13) ? null : JsonSerializer.Deserialize(row.GetString(13), AgentJson.Readable.IReadOnlyListAgentAction),
        Error = row.IsDBNull(14) ? null : row.GetString(14),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(15)),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(16)),
    };
}
