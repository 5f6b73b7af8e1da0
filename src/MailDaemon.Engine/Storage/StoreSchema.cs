using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Storage;

/// <summary>
/// <c>store.db</c>: what cannot be rebuilt. Each table is written by the one class named beside it; a new part appends its script.
/// </summary>
public static class StoreSchema
{
    /// <summary>AccountStore.</summary>
    private const string Accounts =
        """
        create table accounts (
            provider     text not null,
            email        text not null,
            typed_email  text not null,
            display_name text not null,
            username     text,
            imap         text,
            smtp         text,
            smtp_status  text not null,
            preset_id    text,
            settings     text not null,
            created_at   integer not null,
            primary key (provider, email)
        ) without rowid;
        """;

    /// <summary>OutboxStore. Instants are Unix milliseconds; the mail itself is <c>outbox/{id}.eml</c>.</summary>
    private const string Outbox =
        """
        create table outbox (
            id              text primary key,
            kind            text not null,
            provider        text not null,
            email           text not null,
            state           text not null,
            message_id      text not null,
            envelope        text not null,
            attempts        integer not null,
            next_attempt_at integer not null,
            error_fault     text,
            error_code      text,
            error           text,
            refused         text,
            sent_id         text,
            todo            text,
            todo_attempts   integer not null default 0,
            idempotency_key text,
            request_hash    blob,
            created_at      integer not null,
            updated_at      integer not null
        ) without rowid;
        create index outbox_due on outbox (next_attempt_at) where state = 'pending' or todo is not null;
        create index outbox_by_time on outbox (created_at, id);
        create unique index outbox_by_idempotency_key on outbox (provider, email, idempotency_key) where idempotency_key is not null;
        """;

    /// <summary>LabelStore. Links are only those that no server carries.</summary>
    private const string Labels =
        """
        create table labels (
            id       text primary key,
            provider text,
            email    text,
            name     text not null,
            color    text not null,
            visible  integer not null,
            position integer not null,
            native   text
        ) without rowid;

        create table label_links (
            label_id text not null,
            key      text not null,
            provider text not null,
            email    text not null,
            primary key (label_id, key)
        ) without rowid;
        create index label_links_by_key on label_links (key);
        """;

    /// <summary>ChangeStore. Instants are Unix milliseconds.</summary>
    private const string Changes =
        """
        create table changes (
            number          integer primary key autoincrement,
            id              text not null unique,
            provider        text not null,
            email           text not null,
            change          text not null,
            before          text not null,
            state           text not null,
            attempts        integer not null,
            next_attempt_at integer not null,
            error_fault     text,
            error_code      text,
            error           text,
            created_at      integer not null
        );
        create index changes_waiting on changes (provider, email, number) where state = 'pending';
        """;

    public static SqliteSchema Current { get; } = new("store.db", [Accounts, Outbox, Labels, Changes], IsDurable: true, IsRebuildable: false);

    /// <summary>Opens the one store of a data directory; the caller owns it.</summary>
    /// <exception cref="MailException">Conflict <c>schema_too_new</c> or <c>store_damaged</c>.</exception>
    public static SqliteFile Open(DataPaths paths) => SqliteFile.Open(paths.StoreDatabase, Current);
}
