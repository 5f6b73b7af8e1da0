using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Tests.Storage;

public sealed class SqliteFileTests : IDisposable
{
    private static readonly SqliteSchema Store = new("store.db", ["create table notes (id integer primary key, text text not null);"], IsDurable: true, IsRebuildable: false);
    private static readonly SqliteSchema Rebuildable = Store with { Name = "index.db", IsDurable = false, IsRebuildable = true };
    private readonly TempDirectory _directory = new();

    private string DatabasePath => _directory.File("test.db");

    [Fact]
    public async Task What_was_written_is_read_and_is_there_after_opening_again()
    {
        using (var file = SqliteFile.Open(DatabasePath, Store))
        {
            var id = await file.WriteAsync(writer => writer.Insert("insert into notes (text) values (?1)", "你好"), CancellationToken.None);
            id.ShouldBe(1);
        }

        using var again = SqliteFile.Open(DatabasePath, Store);
        Notes(again).ShouldBe(["你好"]);
    }

    [Fact]
    public async Task Failed_work_leaves_nothing_and_the_next_succeeds()
    {
        using var file = SqliteFile.Open(DatabasePath, Store);

        await Should.ThrowAsync<InvalidOperationException>(() => file.WriteAsync(
            writer =>
            {
                writer.Insert("insert into notes (text) values ('lost')");
                throw new InvalidOperationException();
            },
            CancellationToken.None));
        await file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('kept')"), CancellationToken.None);

        Notes(file).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task Failed_statement_leaves_nothing_of_its_transaction()
    {
        using var file = SqliteFile.Open(DatabasePath, Store);

        await Should.ThrowAsync<SqliteException>(() => file.WriteAsync(
            writer =>
            {
                writer.Insert("insert into notes (text) values ('lost')");
                return writer.Insert("insert into notes (text) values (?1)", [null]);
            },
            CancellationToken.None));

        Notes(file).ShouldBeEmpty();
    }

    [Fact]
    public async Task Full_disk_loses_only_what_did_not_fit()
    {
        using var file = SqliteFile.Open(DatabasePath, Store);
        await file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('kept')"), CancellationToken.None);
        await file.WriteAsync(writer => writer.Number("pragma max_page_count = 8"), CancellationToken.None);

        var full = await Should.ThrowAsync<SqliteException>(() => file.WriteAsync(
            writer =>
            {
                writer.Insert("insert into notes (text) values ('lost')");
                writer.Insert("insert into notes (text) values (?1)", new string('x', 100_000));
            },
            CancellationToken.None));

        full.SqliteErrorCode.ShouldBe(13);
        Notes(file).ShouldBe(["kept"]);
        await file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('again')"), CancellationToken.None);
        Notes(file).ShouldBe(["kept", "again"]);
    }

    [Fact]
    public async Task Reader_sees_one_snapshot_while_a_writer_commits()
    {
        using var file = SqliteFile.Open(DatabasePath, Store);
        await file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('first')"), CancellationToken.None);

        var (before, after) = file.Read(reader =>
        {
            var count = reader.Number("select count(*) from notes");
            var write = file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('second')"), CancellationToken.None);
            write.IsCompletedSuccessfully.ShouldBeTrue();
            return (count, reader.Number("select count(*) from notes"));
        });

        before.ShouldBe(1);
        after.ShouldBe(1);
        Notes(file).ShouldBe(["first", "second"]);
    }

    [Fact]
    public void Reader_cannot_write()
    {
        using var file = SqliteFile.Open(DatabasePath, Store);

        var refused = Should.Throw<SqliteException>(() => file.Read(reader => reader.Number("delete from notes")));

        refused.SqliteErrorCode.ShouldBe(8);
        Notes(file).ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_readers_and_writers_at_once_lose_nothing()
    {
        using var file = SqliteFile.Open(DatabasePath, Rebuildable);

        await Parallel.ForAsync(0, 200, async (i, ct) =>
        {
            await file.WriteAsync(writer => writer.Insert("insert into notes (text) values (?1)", $"note {i}"), ct);
            file.Read(reader => reader.Number("select count(*) from notes")).ShouldNotBeNull();
        });

        Notes(file).Distinct(StringComparer.Ordinal).Count().ShouldBe(200);
    }

    [Fact]
    public async Task Killed_in_a_transaction_the_file_holds_the_last_commit()
    {
        using var file = SqliteFile.Open(DatabasePath, Store);
        await file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('committed')"), CancellationToken.None);
        var copy = _directory.File("killed/test.db");

        await file.WriteAsync(
            writer =>
            {
                for (var i = 0; i < 5_000; i++)
                    writer.Insert("insert into notes (text) values (?1)", new string('x', 4_000));
                // The machine as a kill would leave it: file, log and all.
                File.Copy(DatabasePath, copy);
                File.Copy(DatabasePath + "-wal", copy + "-wal");
            },
            CancellationToken.None);

        using var survivor = SqliteFile.Open(copy, Store);
        Notes(survivor).ShouldBe(["committed"]);
    }

    [Fact]
    public void Older_schema_is_migrated_in_order_and_keeps_its_rows()
    {
        using (var old = SqliteFile.Open(DatabasePath, Store))
            old.WriteAsync(writer => writer.Execute("insert into notes (text) values ('old')"), CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        var newer = Store with
        {
            Scripts = [.. Store.Scripts, "alter table notes add column pages integer not null default 1; create table more (id integer);", "update notes set pages = 2;"],
        };

        using var file = SqliteFile.Open(DatabasePath, newer);

        file.Read(reader => reader.First("select text, pages from notes", row => (row.GetString(0), row.GetInt32(1)))).ShouldBe(("old", 2));
        file.Read(reader => reader.Number("pragma user_version")).ShouldBe(3);
    }

    [Fact]
    public void Failing_migration_leaves_the_version_before_it()
    {
        SqliteFile.Open(DatabasePath, Store).Dispose();

        Should.Throw<SqliteException>(() => SqliteFile.Open(DatabasePath, Store with { Scripts = [.. Store.Scripts, "create table half (id integer); create table notes (id integer);"] }));

        using var file = SqliteFile.Open(DatabasePath, Store);
        file.Read(reader => reader.Number("select count(*) from sqlite_master where name = 'half'")).ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Newer_schema_is_refused_and_left_alone(bool isRebuildable)
    {
        SqliteFile.Open(DatabasePath, Store with { Scripts = [.. Store.Scripts, "create table more (id integer);"] }).Dispose();

        var refused = Should.Throw<MailException>(() => SqliteFile.Open(DatabasePath, isRebuildable ? Rebuildable : Store));

        refused.Fault.ShouldBe(MailFault.Conflict);
        refused.Code.ShouldBe("schema_too_new");
        Directory.GetFiles(_directory.Path, "*corrupt*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("zeroed")]
    [InlineData("truncated")]
    [InlineData("cut to a page")]
    [InlineData("holed")]
    [InlineData("text")]
    [InlineData("empty")]
    [InlineData("cut in its header")]
    [InlineData("of another program")]
    public async Task Damaged_store_is_refused_and_left_as_it_is(string damage)
    {
        await FillAsync(Store);
        Damage(damage);
        var before = File.ReadAllBytes(DatabasePath);

        var refused = Should.Throw<MailException>(() => SqliteFile.Open(DatabasePath, Store));

        refused.Code.ShouldBe("store_damaged");
        refused.Message.ShouldContain(DatabasePath);
        refused.Message.ShouldContain("restore");
        File.ReadAllBytes(DatabasePath).ShouldBe(before);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("zeroed")]
    [InlineData("truncated")]
    [InlineData("cut to a page")]
    [InlineData("holed")]
    [InlineData("text")]
    [InlineData("cut in its header")]
    public async Task Damaged_cache_is_set_aside_and_begun_anew(string damage)
    {
        await FillAsync(Rebuildable);
        Damage(damage);
        var before = File.ReadAllBytes(DatabasePath);

        using var file = SqliteFile.Open(DatabasePath, Rebuildable);

        Notes(file).ShouldBeEmpty();
        File.ReadAllBytes(DatabasePath + ".corrupt-1").ShouldBe(before);
    }

    [Fact]
    public async Task Log_without_its_store_is_refused_and_not_read_into_a_new_one()
    {
        await FillAsync(Store);
        File.Delete(DatabasePath);
        File.WriteAllBytes(DatabasePath + "-wal", new byte[4096]);

        Should.Throw<MailException>(() => SqliteFile.Open(DatabasePath, Store)).Message.ShouldContain("is missing");

        File.Exists(DatabasePath).ShouldBeFalse();
        File.Delete(DatabasePath + "-wal");
        using var begun = SqliteFile.Open(DatabasePath, Store);
        Notes(begun).ShouldBeEmpty();
    }

    [Fact]
    public void Store_whose_first_start_broke_off_is_made_again()
    {
        File.WriteAllText(DatabasePath + ".new", "");
        File.WriteAllText(DatabasePath + ".new-wal", "half");

        using var file = SqliteFile.Open(DatabasePath, Store);

        Notes(file).ShouldBeEmpty();
        Directory.GetFiles(_directory.Path, "*.new*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Damage_met_while_in_use_begins_the_cache_anew()
    {
        await FillAsync(Rebuildable);
        using var file = SqliteFile.Open(DatabasePath, Rebuildable);
        using (var raw = new FileStream(DatabasePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            raw.Position = 4096;
            raw.Write(new byte[raw.Length - 4096]);
        }

        Notes(file).ShouldBeEmpty();

        file.Generation.ShouldBe(1);
        await file.WriteAsync(writer => writer.Execute("insert into notes (text) values ('new')"), CancellationToken.None);
        Notes(file).ShouldBe(["new"]);
        File.Exists(DatabasePath + ".corrupt-1").ShouldBeTrue();
    }

    [Fact]
    public void Only_the_last_few_damaged_files_are_kept()
    {
        for (var i = 0; i < 5; i++)
        {
            File.WriteAllText(DatabasePath, $"garbage {i} that is no database");
            SqliteFile.Open(DatabasePath, Rebuildable).Dispose();
        }

        Directory.GetFiles(_directory.Path, "*.corrupt-*").Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["test.db.corrupt-3", "test.db.corrupt-4", "test.db.corrupt-5"]);
    }

    [Fact]
    public void Files_are_for_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllBytes(DatabasePath, []);
        File.SetUnixFileMode(DatabasePath, (UnixFileMode)0b110_110_110);

        using var file = SqliteFile.Open(DatabasePath, Rebuildable);

        foreach (var path in new[] { DatabasePath, DatabasePath + "-wal", DatabasePath + "-shm" })
            File.GetUnixFileMode(path).ShouldBe((UnixFileMode)0b110_000_000, path);
    }

    [Fact]
    public void Link_is_refused()
    {
        var target = _directory.File("target.db");
        File.WriteAllBytes(target, []);
        File.CreateSymbolicLink(DatabasePath, target);

        Should.Throw<MailException>(() => SqliteFile.Open(DatabasePath, Store)).Code.ShouldBe("unsafe_path");

        new FileInfo(target).Length.ShouldBe(0);
    }

    [Fact]
    public async Task Closed_file_says_so()
    {
        var file = SqliteFile.Open(DatabasePath, Store);
        file.Dispose();
        file.Dispose();

        Should.Throw<ObjectDisposedException>(() => Notes(file));
        await Should.ThrowAsync<ObjectDisposedException>(() => file.WriteAsync(writer => writer.Execute("delete from notes"), CancellationToken.None));
        File.Exists(DatabasePath + "-wal").ShouldBeFalse();
    }

    public void Dispose() => _directory.Dispose();

    private static List<string> Notes(SqliteFile file) => file.Read(reader => reader.Query("select text from notes order by id", row => row.GetString(0)));

    private async Task FillAsync(SqliteSchema schema)
    {
        using var file = SqliteFile.Open(DatabasePath, schema);
        await file.WriteAsync(
            writer =>
            {
                for (var i = 0; i < 200; i++)
                    writer.Insert("insert into notes (text) values (?1)", new string('x', 1_000));
            },
            CancellationToken.None);
    }

    private byte[] AnotherProgram()
    {
        var path = _directory.File("other/other.sqlite");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "create table contacts (name text)";
            command.ExecuteNonQuery();
        }

        return File.ReadAllBytes(path);
    }

    private void Damage(string damage)
    {
        var bytes = File.ReadAllBytes(DatabasePath);
        byte[] damaged = damage switch
        {
            "garbage" => [.. bytes.Select((_, i) => (byte)(i * 31))],
            "zeroed" => new byte[bytes.Length],
            "truncated" => bytes[..(bytes.Length - 5_000)],
            "cut to a page" => bytes[..4096],
            "holed" => [.. bytes[..8192], .. new byte[8192], .. bytes[16384..]],
            "empty" => [],
            "cut in its header" => bytes[..60],
            "of another program" => AnotherProgram(),
            _ => "this is no database"u8.ToArray(),
        };
        File.WriteAllBytes(DatabasePath, damaged);
    }
}
