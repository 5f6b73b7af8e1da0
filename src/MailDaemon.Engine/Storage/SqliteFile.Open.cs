using System.Globalization;
using MailDaemon.Engine.Messages;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MailDaemon.Engine.Storage;

/// <summary>Opening: is it ours, is it whole, is it of our time.</summary>
public sealed partial class SqliteFile
{
    private const int KeptDamagedFiles = 3;

    /// <summary>Up to this size every page is looked at when opening; beyond, only the ends, and damage shows when it is met.</summary>
    private const long FullCheckBytes = 32 * 1024 * 1024;

    // SQLite needs its native library named once in a process.
    static SqliteFile() => Batteries_V2.Init();

    /// <exception cref="MailException">
    /// Conflict <c>schema_too_new</c>: written by a later version. Conflict <c>store_damaged</c>: it is not whole and cannot be rebuilt.
    /// </exception>
    public static SqliteFile Open(string path, SqliteSchema schema)
    {
        try
        {
            return new SqliteFile(path, schema, OpenWriter(path, schema));
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            if (!schema.IsRebuildable)
                throw Damaged(path, schema, e);
            SetAside(path);
            return new SqliteFile(path, schema, OpenWriter(path, schema));
        }
    }

    private static SqliteWriter OpenWriter(string path, SqliteSchema schema)
    {
        PrivateFiles.CreateIfMissing(path);
        CheckHeader(path);
        var writer = new SqliteWriter(Connect(path, schema, isReader: false));
        try
        {
            Check(writer, path);
            Migrate(writer, path, schema);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string path, SqliteSchema schema, bool isReader)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        var shrinks = schema.MayShrink ? "pragma auto_vacuum = incremental; " : "";
        try
        {
            connection.Open();
            using var pragmas = connection.CreateCommand();
            pragmas.CommandText =
                $"""
                pragma busy_timeout = 10000;
                pragma mmap_size = 0;
                pragma temp_store = memory;
                pragma trusted_schema = off;
                pragma cache_size = -{(isReader ? 2048 : 8192)};
                {(isReader ? "pragma query_only = on;" : $"{shrinks}pragma journal_mode = wal; pragma synchronous = {(schema.IsDurable ? "full" : "normal")};")}
                pragma journal_size_limit = 16777216;
                pragma foreign_keys = on;
                """;
            pragmas.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CheckHeader(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0)
            return;
        Span<byte> start = stackalloc byte[16];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual("SQLite format 3\0"u8))
            throw new SqliteException("file is not a database", raw.SQLITE_NOTADB);
    }

    /// <summary>Folds the log of a crash into the file, then looks at all of it, or at its length when it is large.</summary>
    private static void Check(SqliteWriter writer, string path)
    {
        writer.Number("pragma wal_checkpoint(truncate)");
        if (IsCutShort(writer, path))
            throw new SqliteException("the file is shorter than it says", raw.SQLITE_CORRUPT);
        if (new FileInfo(path).Length > FullCheckBytes)
            writer.Number("select count(*) from sqlite_master");
        else if (writer.Text("pragma quick_check(1)") is not "ok" and var fault)
            throw new SqliteException(fault, raw.SQLITE_CORRUPT);
    }

    /// <summary>
    /// Asked of SQLite and the file system. To open the file ourselves would be the end of SQLite's locks, for POSIX locks go when any
    /// descriptor of the file is closed; whoever else then looks into the file would delete the log under us.
    /// </summary>
    private static bool IsCutShort(SqliteWriter writer, string path) =>
        new FileInfo(path).Length < (writer.Number("pragma page_size") ?? 0) * (writer.Number("pragma page_count") ?? 0);

    private static void Migrate(SqliteWriter writer, string path, SqliteSchema schema)
    {
        var version = writer.Number("pragma user_version") ?? 0;
        if (version > schema.Version)
        {
            throw MailException.Conflict(
                "schema_too_new",
                $"'{path}' was written by a later version of MailDaemon (schema {version}, this one knows {schema.Version}). Run that version, or move the file away.");
        }

        for (; version < schema.Version; version++)
        {
            writer.InTransaction(transaction =>
            {
                using var script = transaction.Connection.CreateCommand();
                script.CommandText = $"{schema.Scripts[(int)version]}\n;pragma user_version = {version + 1};";
                return script.ExecuteNonQuery();
            });
        }
    }

    private static bool IsDamage(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    private static MailException Damaged(string path, SqliteSchema schema, SqliteException cause) => new(
        MailFault.Conflict,
        "store_damaged",
        $"'{path}' is damaged ({cause.Message}). It was left as it is. Stop the daemon, keep a copy, then restore {schema.Name} from a backup "
        + $"or recover it with: sqlite3 '{path}' .recover | sqlite3 new.db",
        cause);

    /// <summary>Renames to <c>index.db.corrupt-n</c>, its log beside it, and keeps the last few.</summary>
    private static void SetAside(string path)
    {
        var kept = AsideNumbers(path);
        var aside = $"{path}.corrupt-{kept.DefaultIfEmpty(0).Max() + 1}";
        File.Move(path, aside);
        if (File.Exists(path + "-wal"))
            File.Move(path + "-wal", aside + "-wal");
        PrivateFiles.DeleteQuietly(path + "-shm");
        foreach (var old in kept.OrderDescending().Skip(KeptDamagedFiles - 1))
        {
            PrivateFiles.DeleteQuietly($"{path}.corrupt-{old}");
            PrivateFiles.DeleteQuietly($"{path}.corrupt-{old}-wal");
        }
    }

    private static List<int> AsideNumbers(string path)
    {
        var start = System.IO.Path.GetFileName(path) + ".corrupt-";
        var numbers = new List<int>();
        foreach (var file in new DirectoryInfo(System.IO.Path.GetDirectoryName(path)!).EnumerateFiles(start + "*"))
        {
            if (int.TryParse(file.Name.AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                numbers.Add(number);
        }

        return numbers;
    }
}
