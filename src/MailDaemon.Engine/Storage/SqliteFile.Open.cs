using System.Buffers.Binary;
using System.Globalization;
using MailDaemon.Engine.Messages;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MailDaemon.Engine.Storage;

/// <summary>Opening: is it ours, is it whole, is it of our time.</summary>
public sealed partial class SqliteFile
{
    /// <summary>The code of a file that another program keeps to itself.</summary>
    public const string LockedCode = "store_locked";

    private const int KeptDamagedFiles = 3;
    private const int SmallestPage = 512;
    private const string NotOurs = "it holds none of our tables";

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
            if (!schema.IsRebuildable)
                MakeIfAbsent(path, schema);
            return new SqliteFile(path, schema, OpenWriter(path, schema, mayBeEmpty: schema.IsRebuildable));
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            if (!schema.IsRebuildable)
                throw Damaged(path, schema, e);
            SetAside(path);
            return new SqliteFile(path, schema, OpenWriter(path, schema, mayBeEmpty: true));
        }
        catch (SqliteException e) when (IsLock(e))
        {
            throw Locked(path, e);
        }
        catch (Exception e) when (!schema.IsRebuildable && e is IOException or UnauthorizedAccessException or SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_PERM })
        {
            throw new MailException(MailFault.Conflict, "store_unreadable", $"'{path}' cannot be opened: {e.Message}. It was left as it is.", e);
        }
    }

    /// <summary>
    /// A store that is there is never empty: it gets its name when it is whole, so that one without content is damaged and not new.
    /// </summary>
    private static void MakeIfAbsent(string path, SqliteSchema schema)
    {
        PrivateFiles.RefuseLink(path);
        if (File.Exists(path) || Directory.Exists(path))
            return;

        // The log would be taken for that of the new file.
        foreach (var log in (string[])[path + "-wal", path + "-journal"])
        {
            if (new FileInfo(log) is { Exists: true, Length: > 0 })
                throw Damaged(path, schema, new SqliteException($"it is missing, and its log '{log}' is there", raw.SQLITE_CORRUPT));
        }

        var made = path + ".new";
        foreach (var left in (string[])[made, made + "-wal", made + "-shm"])
            File.Delete(left);
        OpenWriter(made, schema, mayBeEmpty: true).Dispose();
        File.Move(made, path);
    }

    private static SqliteWriter OpenWriter(string path, SqliteSchema schema, bool mayBeEmpty)
    {
        PrivateFiles.CreateIfMissing(path);
        CheckHeader(path, mayBeEmpty);
        var writer = new SqliteWriter(Connect(path, schema, isReader: false));
        try
        {
            Check(writer, path);
            Migrate(writer, path, schema, mayBeEmpty);
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

    private static void CheckHeader(string path, bool mayBeEmpty)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0 && mayBeEmpty)
            return;
        if (file.Length < SmallestPage)
            throw new SqliteException($"the file has {file.Length} bytes, less than a database", raw.SQLITE_NOTADB);
        Span<byte> start = stackalloc byte[64];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith("SQLite format 3\0"u8))
            throw new SqliteException("file is not a database", raw.SQLITE_NOTADB);

        // The version of a store is in its header (user_version, SQLite file format §1.3) or still in its log.
        var isOurs = mayBeEmpty || BinaryPrimitives.ReadInt32BigEndian(start[60..]) != 0 || new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
        if (!isOurs)
            throw new SqliteException(NotOurs, raw.SQLITE_NOTADB);
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

    private static void Migrate(SqliteWriter writer, string path, SqliteSchema schema, bool mayBeEmpty)
    {
        var version = writer.Number("pragma user_version") ?? 0;
        if (version > schema.Version)
        {
            throw MailException.Conflict(
                "schema_too_new",
                $"'{path}' was written by a later version of MailDaemon (schema {version}, this one knows {schema.Version}). Run that version, or move the file away.");
        }

        // Ours has a version from its first moment.
        if (version == 0 && (!mayBeEmpty || writer.Number("select count(*) from sqlite_master") > 0))
            throw new SqliteException(NotOurs, raw.SQLITE_NOTADB);

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

    private static bool IsLock(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    private static MailException Locked(string path, SqliteException cause) =>
        new(MailFault.Conflict, LockedCode, $"'{path}' is locked by another program. Close what has it open, and try again.", cause);

    private static MailException Damaged(string path, SqliteSchema schema, SqliteException cause) => new(
        MailFault.Conflict,
        "store_damaged",
        $"'{path}' is damaged ({cause.Message}). It was left as it is. Stop the daemon, keep a copy, then restore {schema.Name} from a backup "
        + $"or recover it with: sqlite3 '{path}' .recover | sqlite3 new.db. To begin without accounts, rules and what is known of past sending, move it and its -wal away.",
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
