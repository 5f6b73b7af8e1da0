using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>What goes out by itself, a mail or a call of a webhook: one of the two is there.</summary>
public sealed record Outgoing(OutboxItem? Mail, Hook? Hook);

/// <summary>Lists all that goes out: mails and calls of webhooks. Thread-safe.</summary>
public sealed class OutgoingList(SqliteFile store, OutboxStore outbox, HookStore hooks)
{
    /// <summary>The newest first, and how many there are.</summary>
    public (IReadOnlyList<Outgoing> Items, int Total) List(string? state, AccountKey? account, int offset, int limit)
    {
        const string Where = "where (?1 is null or state = ?1) and (?2 is null or provider = ?2 and email = ?3)";
        var (provider, email) = (account?.Provider.Name(), account?.Email);
        return store.Read(reader =>
        {
            var ids = reader.Query(
                $"""
                select id, created_at from (select id, created_at from outbox {Where} order by created_at desc, id limit ?4 + ?5)
                union all select id, created_at from (select id, created_at from hooks {Where} order by created_at desc, id limit ?4 + ?5)
                order by created_at desc, id limit ?4 offset ?5
                """,
                row => row.GetString(0),
                state,
                provider,
                email,
                limit,
                offset);
            var total = reader.Number($"select (select count(*) from outbox {Where}) + (select count(*) from hooks {Where})", state, provider, email);
            return ((IReadOnlyList<Outgoing>)[.. ids.Select(Find).OfType<Outgoing>()], (int)total!.Value);
        });
    }

    /// <summary>Null: it has gone.</summary>
    private Outgoing? Find(string id) => HookStore.IsId(id)
        ? hooks.Find(id) is { } hook ? new Outgoing(null, hook) : null
        : outbox.Find(id) is { } mail ? new Outgoing(mail, null) : null;
}
