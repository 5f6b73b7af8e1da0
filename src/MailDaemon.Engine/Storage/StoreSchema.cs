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

    /// <summary>RuleStore. What a rule matches and does is its definition.</summary>
    private const string Rules =
        """
        create table rules (
            id          text primary key,
            provider    text,
            email       text,
            name        text not null,
            description text not null,
            enabled     integer not null,
            definition  text not null,
            priority    integer not null,
            version     integer not null,
            created_at  integer not null,
            updated_at  integer not null
        ) without rowid;
        """;

    /// <summary>
    /// RuleLedger. A run is one action of one version of a rule on one message, and there is never a second. A plan is a new message whose runs are
    /// written down while its cache still says that it awaits them.
    /// </summary>
    private const string RuleRuns =
        """
        create table rule_plans (
            key      text primary key,
            provider text not null,
            email    text not null
        ) without rowid;

        create table rule_runs (
            number     integer primary key autoincrement,
            key        text not null,
            rule_id    text not null,
            version    integer not null,
            step       integer not null,
            provider   text not null,
            email      text not null,
            action     text not null,
            state      text not null,
            effect     text,
            error_code text,
            error      text,
            at         integer not null,
            unique (key, rule_id, version, step)
        );
        create index rule_runs_by_rule on rule_runs (rule_id, number);
        create index rule_runs_open on rule_runs (provider, email, number) where state = 'planned';

        create table auto_replies (
            rule_id  text not null,
            sender   text not null,
            provider text not null,
            email    text not null,
            at       integer not null,
            primary key (rule_id, sender)
        ) without rowid;
        create index auto_replies_by_account on auto_replies (provider, email, at);
        """;

    /// <summary>HookStore.</summary>
    private const string Hooks =
        """
        create table hooks (
            id              text primary key,
            provider        text not null,
            email           text not null,
            url             text not null,
            body            blob not null,
            state           text not null,
            attempts        integer not null,
            next_attempt_at integer not null,
            error           text,
            created_at      integer not null,
            updated_at      integer not null
        ) without rowid;
        create index hooks_due on hooks (next_attempt_at) where state = 'pending';
        """;

    /// <summary>AgentTaskStore. Of a capability token only its hash is kept.</summary>
    private const string AgentTasks =
        """
        create table agent_tasks (
            number          integer primary key autoincrement,
            id              text not null unique,
            agent_id        text not null,
            provider        text not null,
            email           text not null,
            key             text not null,
            rule_id         text not null,
            rule_name       text not null,
            state           text not null,
            allowed         text not null,
            message         text not null,
            attempts        integer not null,
            next_attempt_at integer not null,
            lease_until     integer not null,
            token_hash      blob,
            result          text,
            actions         text,
            error           text,
            created_at      integer not null,
            updated_at      integer not null
        );
        create index agent_tasks_open on agent_tasks (agent_id, number) where state in ('queued', 'leased', 'completing');
        """;

    /// <summary>HookStore: what waits is asked for by endpoint, and all is counted by state.</summary>
    private const string HooksByEndpoint =
        """
        drop index hooks_due;
        create index hooks_waiting on hooks (url, next_attempt_at) where state = 'pending';
        create index hooks_by_state on hooks (state);
        create index agent_tasks_by_state on agent_tasks (state);
        """;

    /// <summary>TrailStore, PinStore and OkkiSettings. A trail is there once for its kind, uid and customer; before it has one, once for its kind and uid.</summary>
    private const string Okki =
        """
        create table okki_trails (
            number          integer primary key autoincrement,
            id              text not null unique,
            kind            text not null,
            uid             text not null,
            company_id      integer,
            company_name    text,
            state           text not null,
            reason          text,
            error           text,
            source          text not null,
            match           text,
            content         text,
            trail_id        integer,
            provider        text,
            email           text,
            attempts        integer not null,
            next_attempt_at integer not null,
            posted_at       integer,
            created_at      integer not null,
            updated_at      integer not null
        );
        create unique index okki_trails_once on okki_trails (kind, uid, ifnull(company_id, 0));
        create index okki_trails_open on okki_trails (next_attempt_at) where state in ('pending', 'matched', 'posting', 'uncertain');
        create index okki_trails_by_state on okki_trails (state, number);

        create table okki_pins (
            pattern      text primary key,
            company_id   integer not null,
            company_name text not null,
            created_at   integer not null
        ) without rowid;

        create table okki_settings (
            id      integer primary key check (id = 1),
            changes text not null
        );
        """;

    /// <summary>TrailStore: when the answer to a record was lost, and what else was written for a customer.</summary>
    private const string LostTrails =
        """
        alter table okki_trails add column lost_at integer;
        create index okki_trails_by_company on okki_trails (company_id, posted_at);
        """;

    /// <summary>HookStore: which rule set a call off, and which endpoints want no more.</summary>
    private const string HooksOfRules =
        """
        alter table hooks add column rule_id text;
        alter table hooks add column error_code text;
        create index hooks_of_rule on hooks (rule_id, url) where state = 'pending';
        create index hooks_by_time on hooks (created_at);
        create table hook_ends (
            rule_id text not null,
            url     text not null,
            at      integer not null,
            primary key (rule_id, url)
        ) without rowid;
        """;

    /// <summary>AutomaticMailLimits: mails that rules and agents sent within two days.</summary>
    private const string AutomaticMails =
        """
        create table automatic_mails (
            number   integer primary key autoincrement,
            provider text not null,
            email    text not null,
            rule_id  text not null,
            agent_id text,
            at       integer not null
        );
        create index automatic_mails_by_time on automatic_mails (at);
        """;

    /// <summary>ReplyStore.</summary>
    private const string Replies =
        """
        create table replies (
            route           text not null,
            idempotency_key text not null,
            request_hash    blob not null,
            status          integer not null,
            body            blob not null,
            created_at      integer not null,
            primary key (route, idempotency_key)
        );
        create index replies_by_age on replies (created_at);
        """;

    /// <summary>ReplyStore: hashes without a key, which said something of the passwords in their requests. A repeat of one of these is a conflict.</summary>
    private const string KeyedReplies =
        """
        update replies set request_hash = x'';
        """;

    /// <summary>LabelStore: what the server calls a label and its colour in its own list, and the name that it is being given there.</summary>
    private const string LabelsOfServers =
        """
        alter table labels add column native_id text;
        alter table labels add column native_color text;
        alter table labels add column renaming text;
        """;

    public static SqliteSchema Current { get; } = new(
        "store.db", [Accounts, Outbox, Labels, Changes, Rules, RuleRuns, Hooks, AgentTasks, HooksByEndpoint, Okki, LostTrails, HooksOfRules, AutomaticMails, Replies, AnswerTypes.Script, KeyedReplies, LabelsOfServers], IsDurable: true, IsRebuildable: false);

    /// <summary>Opens the one store of a data directory; the caller owns it.</summary>
    /// <exception cref="MailException">Conflict <c>schema_too_new</c> or <c>store_damaged</c>.</exception>
    public static SqliteFile Open(DataPaths paths) => SqliteFile.Open(paths.StoreDatabase, Current);
}
