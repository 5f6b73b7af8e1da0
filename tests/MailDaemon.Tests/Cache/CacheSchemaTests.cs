using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Cache;

/// <summary>A file of an earlier version becomes one of this version and loses nothing.</summary>
public sealed class CacheSchemaTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string DatabasePath => _directory.File("index.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task First_schema_becomes_the_second_with_its_rows_keys_aliases_and_awaited_rules()
    {
        await FillFirstAsync();

        using var file = SqliteFile.Open(DatabasePath, CacheSchema.Current);

        Rows(file, "select id || ' ' || key || ' ' || subject || ' ' || awaits_rules from messages order by id")
            .ShouldBe(["1 m_one First 1", "5 m_two Second 0", "9 m_three Third 1"]);
        Rows(file, "select key || ' ' || message_id from aliases").ShouldBe(["m_old 5"]);
        Rows(file, "select name || ' ' || cursor from scopes").ShouldBe(["INBOX cursor"]);
        Rows(file, "select total || ' ' || unread from folders").ShouldBe(["3 2"]);
        Rows(file, "select hex(identity) || ' ' || awaits_rules from departed").ShouldBe(["FF 1"]);
        Rows(file, "pragma foreign_key_check").ShouldBeEmpty();
    }

    [Fact]
    public async Task Migrated_file_has_every_index_and_trigger_of_the_first()
    {
        await FillFirstAsync();
        using var first = SqliteFile.Open(_directory.File("first.db"), First);
        using var migrated = SqliteFile.Open(DatabasePath, CacheSchema.Current);

        const string Names = "select type || ' ' || name || ' ' || tbl_name from sqlite_master where type in ('index', 'trigger') order by 1";
        Rows(first, Names).Except(Rows(migrated, Names), StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_that_were_there_keep_their_conversations_and_are_known_by_their_ids()
    {
        await FillFirstAsync();
        using (var first = SqliteFile.Open(DatabasePath, First))
            await first.WriteAsync(writer => writer.Execute("update messages set message_id = '<' || id || '@x>', thread = 't_old' || id"), CancellationToken.None);

        using var file = SqliteFile.Open(DatabasePath, CacheSchema.Current);

        Rows(file, "select node || ' ' || thread from thread_nodes order by 1").ShouldBe(["<1@x> t_old1", "<5@x> t_old5", "<9@x> t_old9"]);
    }

    [Fact]
    public async Task Migrated_counters_and_aliases_follow_their_messages()
    {
        await FillFirstAsync();
        using var file = SqliteFile.Open(DatabasePath, CacheSchema.Current);

        await file.WriteAsync(writer => writer.Execute("delete from messages where id = 1"), CancellationToken.None);
        await file.WriteAsync(writer => writer.Execute("update messages set id = 12 where id = 5"), CancellationToken.None);
        Rows(file, "select total || ' ' || unread from folders").ShouldBe(["2 1"]);
        Rows(file, "select key || ' ' || message_id from aliases").ShouldBe(["m_old 12"]);
        await file.WriteAsync(writer => writer.Execute("delete from messages where id = 12"), CancellationToken.None);
        Rows(file, "select key from aliases").ShouldBeEmpty();
    }

    [Fact]
    public async Task Number_of_a_message_that_is_gone_is_not_given_again()
    {
        await FillFirstAsync();
        using var file = SqliteFile.Open(DatabasePath, CacheSchema.Current);

        await file.WriteAsync(writer => writer.Execute("delete from messages where id = 9"), CancellationToken.None);
        var next = await file.WriteAsync(writer => writer.Insert(Row(null, "m_next", "Next", 0, 0)), CancellationToken.None);

        next.ShouldBe(10);
    }

    private static SqliteSchema First => CacheSchema.Current with { Scripts = [CacheSchema.Current.Scripts[0]] };

    private static string Row(int? id, string key, string subject, int flags, int awaitsRules) =>
        "insert into messages (id, key, identity, ordinal, scope_id, remote_id, uid, folder_id, date, flags, labels, subject, from_name, from_address, "
        + "recipients, snippet, has_attachments, size, thread, content, awaits_rules, added_at) values "
        + $"({id?.ToString() ?? "null"}, '{key}', x'0{flags}', 0, 1, '{key}', {id ?? 77}, 1, 1000, {flags}, '', '{subject}', '', '', '', '', 0, 1, 't', x'00', {awaitsRules}, 5)";

    private async Task FillFirstAsync()
    {
        using var file = SqliteFile.Open(DatabasePath, First);
        await file.WriteAsync(
            writer =>
            {
                writer.Execute("insert into folders (id, path, name, role, attributes, selectable, position) values (1, 'INBOX', 'INBOX', 0, '', 1, 0)");
                writer.Execute("insert into scopes (id, name, cursor) values (1, 'INBOX', 'cursor')");
                writer.Execute(Row(1, "m_one", "First", 0, 1));
                writer.Execute(Row(5, "m_two", "Second", 1, 0));
                writer.Execute(Row(9, "m_three", "Third", 0, 1));
                writer.Execute("insert into aliases (key, identity, ordinal, message_id) values ('m_old', x'aa', 0, 5)");
                writer.Execute("insert into departed (identity, ordinal, awaits_rules, was_reset, at) values (x'ff', 0, 1, 0, 5)");
            },
            CancellationToken.None);
    }

    private static List<string> Rows(SqliteFile file, string sql) => file.Read(reader => reader.Query(sql, row => row.GetValue(0).ToString()!));
}
