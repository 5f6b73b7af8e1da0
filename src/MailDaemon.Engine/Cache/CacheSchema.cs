using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// <c>index.db</c>: what an account's server holds, as last seen. Instants are Unix milliseconds; identities and contents are hashes.
/// </summary>
internal static class CacheSchema
{
    private const string First =
        """
        create table folders (
            id          integer primary key,
            path        text not null unique,
            name        text not null,
            role        integer not null,
            special_use text,
            attributes  text not null,
            selectable  integer not null,
            position    integer not null,
            total       integer not null default 0,
            unread      integer not null default 0,
            last_pass   integer,
            error       text
        );

        -- What carries a cursor of its own: a folder, or the whole account.
        create table scopes (
            id     integer primary key,
            name   text not null unique,
            cursor text,
            done   integer,
            total  integer
        );

        create table messages (
            id              integer primary key,
            key             text not null unique,
            identity        blob not null,
            ordinal         integer not null,
            scope_id        integer not null references scopes (id),
            remote_id       text not null,
            uid             integer,
            folder_id       integer not null references folders (id),
            date            integer not null,
            sent            integer,
            flags           integer not null,
            labels          text not null,
            subject         text not null,
            from_name       text not null,
            from_address    text not null,
            recipients      text not null,
            snippet         text not null,
            has_attachments integer not null,
            size            integer not null,
            thread          text not null,
            message_id      text,
            content         blob not null,
            awaits_rules    integer not null,
            added_at        integer not null,
            unique (remote_id, scope_id)
        );
        create index messages_by_scope on messages (scope_id, uid);
        create index messages_by_folder on messages (folder_id, date, id);
        create index messages_by_date on messages (date, id, folder_id);
        -- The flags are in these so that they cover the condition too.
        create index messages_unread_by_folder on messages (folder_id, date, id, flags) where flags & 1 = 0;
        create index messages_unread_by_date on messages (date, id, folder_id, flags) where flags & 1 = 0;
        create index messages_by_identity on messages (identity, ordinal);
        create index messages_by_thread on messages (thread, date);
        create index messages_by_content on messages (content);
        create index messages_awaiting_rules on messages (id) where awaits_rules = 1;

        -- Keys that a message was known by before it turned out to be an older one that had moved.
        create table aliases (
            key        text primary key,
            identity   blob not null,
            ordinal    integer not null,
            message_id integer not null references messages (id) on delete cascade
        ) without rowid;
        create index aliases_by_identity on aliases (identity, ordinal);
        create index aliases_by_message on aliases (message_id);

        -- Messages that left a folder a short while ago: should they turn up in another, they are not new.
        create table departed (
            identity     blob not null,
            ordinal      integer not null,
            awaits_rules integer not null,
            was_reset    integer not null,
            at           integer not null,
            primary key (identity, ordinal)
        ) without rowid;
        create index departed_by_time on departed (at);

        create table passes (
            id       integer primary key check (id = 1),
            started  integer not null,
            finished integer not null,
            added    integer not null,
            updated  integer not null,
            removed  integer not null,
            error    text
        );

        create trigger message_added after insert on messages begin
            update folders set total = total + 1, unread = unread + (new.flags & 1 = 0) where id = new.folder_id;
        end;
        create trigger message_removed after delete on messages begin
            update folders set total = total - 1, unread = unread - (old.flags & 1 = 0) where id = old.folder_id;
        end;
        create trigger message_changed after update of folder_id, flags on messages
        when old.folder_id <> new.folder_id or (old.flags & 1) <> (new.flags & 1) begin
            update folders set total = total - 1, unread = unread - (old.flags & 1 = 0) where id = old.folder_id;
            update folders set total = total + 1, unread = unread + (new.flags & 1 = 0) where id = new.folder_id;
        end;
        """;

    /// <summary>
    /// A message's row is numbered once and for ever, so that its number says what the search index has read. The old tables go when the
    /// new ones are full: dropping <c>messages</c> under its aliases would take them along.
    /// </summary>
    private const string Second =
        """
        create table numbered (
            id              integer primary key autoincrement,
            key             text not null unique,
            identity        blob not null,
            ordinal         integer not null,
            scope_id        integer not null references scopes (id),
            remote_id       text not null,
            object_id       text,
            uid             integer,
            folder_id       integer not null references folders (id),
            date            integer not null,
            sent            integer,
            flags           integer not null,
            labels          text not null,
            subject         text not null,
            from_name       text not null,
            from_address    text not null,
            recipients      text not null,
            snippet         text not null,
            has_attachments integer not null,
            size            integer not null,
            thread          text not null,
            message_id      text,
            content         blob not null,
            awaits_rules    integer not null,
            added_at        integer not null,
            unique (remote_id, scope_id)
        );
        insert into numbered (id, key, identity, ordinal, scope_id, remote_id, uid, folder_id, date, sent, flags, labels, subject, from_name,
            from_address, recipients, snippet, has_attachments, size, thread, message_id, content, awaits_rules, added_at)
        select id, key, identity, ordinal, scope_id, remote_id, uid, folder_id, date, sent, flags, labels, subject, from_name,
            from_address, recipients, snippet, has_attachments, size, thread, message_id, content, awaits_rules, added_at
        from messages order by id;

        create table renamed (
            key        text primary key,
            identity   blob not null,
            ordinal    integer not null,
            message_id integer not null references numbered (id) on delete cascade on update cascade
        ) without rowid;
        insert into renamed (key, identity, ordinal, message_id) select key, identity, ordinal, message_id from aliases;

        drop table aliases;
        drop table messages;
        alter table numbered rename to messages;
        alter table renamed rename to aliases;

        create index messages_by_scope on messages (scope_id, uid);
        create index messages_by_folder on messages (folder_id, date, id);
        create index messages_by_date on messages (date, id, folder_id);
        create index messages_unread_by_folder on messages (folder_id, date, id, flags) where flags & 1 = 0;
        create index messages_unread_by_date on messages (date, id, folder_id, flags) where flags & 1 = 0;
        create index messages_by_identity on messages (identity, ordinal);
        create index messages_by_thread on messages (thread, date);
        create index messages_by_content on messages (content);
        create index messages_awaiting_rules on messages (id) where awaits_rules = 1;
        create index aliases_by_identity on aliases (identity, ordinal);
        create index aliases_by_message on aliases (message_id);

        create trigger message_added after insert on messages begin
            update folders set total = total + 1, unread = unread + (new.flags & 1 = 0) where id = new.folder_id;
        end;
        create trigger message_removed after delete on messages begin
            update folders set total = total - 1, unread = unread - (old.flags & 1 = 0) where id = old.folder_id;
        end;
        create trigger message_changed after update of folder_id, flags on messages
        when old.folder_id <> new.folder_id or (old.flags & 1) <> (new.flags & 1) begin
            update folders set total = total - 1, unread = unread - (old.flags & 1 = 0) where id = old.folder_id;
            update folders set total = total + 1, unread = unread + (new.flags & 1 = 0) where id = new.folder_id;
        end;

        alter table departed add column object_id text;
        alter table folders add column object_id text;
        -- Mail in it that arrived since is new although it was there at the first contact.
        alter table folders add column since integer;
        alter table folders add column failures integer not null default 0;
        alter table folders add column not_before integer;
        -- When the folders were last listed.
        alter table passes add column listed integer;

        -- Tells this file from one made anew in its place, whose numbers begin again.
        create table origin (
            id   integer primary key check (id = 1),
            mark blob not null
        );
        insert into origin (id, mark) values (1, randomblob(16));
        """;

    /// <summary>Whether we moved the message ourselves since it was first seen: then it may be the heir of one in the very folder it came to.</summary>
    private const string Third = "alter table messages add column was_moved integer not null default 0;";

    /// <summary>
    /// Conversations, worked out by what messages name. Of messages that are there already only their own ids are known; the conversation
    /// that they were given stays theirs.
    /// </summary>
    private const string Fourth =
        """
        -- The conversation of a Message-ID, whether the message was seen or only named; and of subjects (s:…) that answers name instead.
        create table thread_nodes (
            node   text primary key,
            thread text not null
        ) without rowid;
        create index thread_nodes_by_thread on thread_nodes (thread);
        insert or ignore into thread_nodes (node, thread) select message_id, thread from messages where message_id is not null and thread like 't\_%' escape '\';

        -- Ids of conversations that became one with another.
        create table thread_merges (
            old    text primary key,
            thread text not null
        ) without rowid;
        create index thread_merges_by_thread on thread_merges (thread);

        -- The base subject of messages that name no earlier one.
        alter table messages add column subject_hash integer;
        create index messages_by_subject on messages (subject_hash) where subject_hash is not null;
        """;

    /// <summary>What the server refuses to give, how it files sent mail, and orders for the flags of answers and forwards.</summary>
    private const string Fifth =
        """
        -- Messages that their server refuses to give: set aside, and tried again.
        create table refused (
            scope_id   integer not null references scopes (id) on delete cascade,
            remote_id  text not null,
            code       text not null,
            reason     text not null,
            attempts   integer not null,
            since      integer not null,
            not_before integer not null,
            primary key (scope_id, remote_id)
        ) without rowid;

        -- What the server does with sent mail, and the last copy that we added while that was not known.
        create table sent_habit (
            id         integer primary key check (id = 1),
            habit      integer not null,
            message_id text,
            at         integer not null
        );

        -- What was answered or sent on is a small part of most mailboxes.
        create index messages_answered_by_date on messages (date, id, folder_id, flags) where flags & 4 <> 0;
        create index messages_forwarded_by_date on messages (date, id, folder_id, flags) where flags & 8 <> 0;
        """;

    /// <summary>Where answers go and who sent a message. Null in rows from before: it is not known.</summary>
    private const string Sixth =
        """
        alter table messages add column reply_to text;
        -- Each Authentication-Results in a line; those of the account's own server count when they are read.
        alter table messages add column authentication text;
        """;

    /// <summary>A changed draft is another message on its server; whoever knows it by the old id finds it.</summary>
    private const string Seventh =
        """
        create table former_ids (
            remote_id  text not null,
            scope_id   integer not null references scopes (id) on delete cascade,
            message_id integer not null references messages (id) on delete cascade on update cascade,
            primary key (remote_id, scope_id)
        ) without rowid;
        create index former_ids_by_message on former_ids (message_id);
        """;

    public static SqliteSchema Current { get; } = new("index.db", [First, Second, Third, Fourth, Fifth, Sixth, Seventh], IsDurable: false, IsRebuildable: true);
}
