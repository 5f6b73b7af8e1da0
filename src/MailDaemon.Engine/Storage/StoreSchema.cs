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

    public static SqliteSchema Current { get; } = new("store.db", [Accounts], IsDurable: true, IsRebuildable: false);

    /// <summary>Opens the one store of a data directory; the caller owns it.</summary>
    /// <exception cref="MailException">Conflict <c>schema_too_new</c> or <c>store_damaged</c>.</exception>
    public static SqliteFile Open(DataPaths paths) => SqliteFile.Open(paths.StoreDatabase, Current);
}
