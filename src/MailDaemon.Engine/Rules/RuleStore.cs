using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Rules;

/// <summary>The rules, in the order in which they run. Thread-safe; reading never waits.</summary>
public sealed class RuleStore
{
    private const int MostRules = 10_000;
    private const string Columns = "id, provider, email, name, description, enabled, definition, priority, version, created_at, updated_at";

    private readonly SqliteFile store;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim changing = new(1, 1);
    private volatile ImmutableList<RuleMatcher> matchers;

    public RuleStore(SqliteFile store, TimeProvider time)
    {
        (this.store, this.time) = (store, time);
        matchers = Sorted(store.Read(reader => reader.Query($"select {Columns} from rules", Map)).Select(rule => new RuleMatcher(rule)));
    }

    public IReadOnlyList<Rule> All() => [.. matchers.Select(matcher => matcher.Rule)];

    public Rule? Find(string id) => matchers.Find(matcher => matcher.Rule.Id == id)?.Rule;

    /// <exception cref="MailException">NotFound <c>rule_not_found</c>.</exception>
    public Rule Get(string id) => Matcher(id).Rule;

    /// <exception cref="MailException">Conflict <c>too_many_rules</c>.</exception>
    public Task<Rule> AddAsync(Rule rule, CancellationToken ct)
    {
        var now = Now();
        return PutAsync(_ => rule with { Id = "r_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), Version = 1, CreatedAt = now, UpdatedAt = now }, null, ct);
    }

    /// <summary>What it matches or does under a new version, the rest under the same.</summary>
    /// <exception cref="MailException">NotFound <c>rule_not_found</c>.</exception>
    public Task<Rule> UpdateAsync(string id, Func<Rule, Rule> change, CancellationToken ct) => PutAsync(
        known =>
        {
            var changed = change(known!) with { Id = id, CreatedAt = known!.CreatedAt };
            var isSame = Definition(changed) == Definition(known) && changed.Account == known.Account;
            return changed with { Version = isSame ? known.Version : known.Version + 1, UpdatedAt = Now() };
        },
        id,
        ct);

    /// <exception cref="MailException">NotFound <c>rule_not_found</c>.</exception>
    public Task<Rule> RemoveAsync(string id, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            var rule = Get(id);
            await store.WriteAsync(
                writer =>
                {
                    HookStore.Cancel(writer, id, time.GetUtcNow());
                    return writer.Execute("delete from rules where id = ?1", id);
                },
                ct);
            matchers = matchers.RemoveAll(matcher => matcher.Rule.Id == id);
            return rule;
        },
        ct);

    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            await store.WriteAsync(writer => writer.Execute("delete from rules where provider = ?1 and email = ?2", account.Provider.Name(), account.Email), ct);
            matchers = matchers.RemoveAll(matcher => matcher.Rule.Account == account);
            return true;
        },
        ct);

    /// <summary>Those that are for an account's mail, ready to judge it.</summary>
    internal IReadOnlyList<RuleMatcher> For(AccountKey account) => [.. matchers.Where(matcher => matcher.Rule.Fits(account))];

    internal RuleMatcher Matcher(string id) =>
        matchers.Find(matcher => matcher.Rule.Id == id) ?? throw MailException.NotFound("rule_not_found", $"There is no rule {id}. GET /api/rules lists them.");

    private Task<Rule> PutAsync(Func<Rule?, Rule> make, string? id, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            var known = id is null ? null : Get(id);
            if (known is null && matchers.Count >= MostRules)
                throw MailException.Conflict("too_many_rules", $"There are {MostRules} rules, and more are not kept. DELETE some that are not needed.");
            var rule = make(known);
            await store.WriteAsync(
                writer =>
                {
                    if (!rule.IsEnabled)
                        HookStore.Cancel(writer, rule.Id, time.GetUtcNow());
                    return writer.Execute(
                        $"insert or replace into rules ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                        rule.Id,
                        rule.Account?.Provider.Name(),
                        rule.Account?.Email,
                        rule.Name,
                        rule.Description,
                        rule.IsEnabled ? 1 : 0,
                        Definition(rule),
                        rule.Priority,
                        rule.Version,
                        rule.CreatedAt.ToUnixTimeMilliseconds(),
                        rule.UpdatedAt.ToUnixTimeMilliseconds());
                },
                ct);
            matchers = Sorted(matchers.Where(matcher => matcher.Rule.Id != rule.Id).Append(new RuleMatcher(rule)));
            return rule;
        },
        ct);

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken ct)
    {
        await changing.WaitAsync(ct);
        try
        {
            return await change();
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>As the store keeps it: to the millisecond.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static ImmutableList<RuleMatcher> Sorted(IEnumerable<RuleMatcher> of) =>
        [.. of.OrderBy(matcher => matcher.Rule.Priority).ThenBy(matcher => matcher.Rule.CreatedAt).ThenBy(matcher => matcher.Rule.Id, StringComparer.Ordinal)];

    private static string Definition(Rule rule) =>
        JsonSerializer.Serialize(new RuleDefinition(rule.Conditions, rule.IsAny, rule.MatchAll, rule.Actions, rule.StopOnMatch), RuleJson.Default.RuleDefinition);

    private static Rule Map(SqliteDataReader row)
    {
        var definition = JsonSerializer.Deserialize(row.GetString(6), RuleJson.Default.RuleDefinition)!;
        return new Rule
        {
            Id = row.GetString(0),
            Account = row.IsDBNull(1) ? null : AccountKey.Read(row.GetString(1), row.GetString(2)),
            Name = row.GetString(3),
            Description = row.GetString(4),
            IsEnabled = row.GetInt64(5) != 0,
            Conditions = definition.Conditions,
            IsAny = definition.IsAny,
            MatchAll = definition.MatchAll,
            Actions = definition.Actions,
            StopOnMatch = definition.StopOnMatch,
            Priority = row.GetInt32(7),
            Version = row.GetInt32(8),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(9)),
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
        };
    }
}
