using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MailDaemon.Engine.Storage;

/// <summary>The one writing connection within its transaction: all of the work is committed, or none of it.</summary>
public sealed class SqliteWriter : SqliteReader
{
    internal SqliteWriter(SqliteConnection connection)
        : base(connection)
    {
    }

    /// <summary>Returns how many rows changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Inserts one row and returns its id.</summary>
    public long Insert(string sql, params ReadOnlySpan<object?> values)
    {
        Prepare(sql, values).ExecuteNonQuery();
        return raw.sqlite3_last_insert_rowid(Connection.Handle);
    }

    internal T InTransaction<T>(Func<SqliteWriter, T> work)
    {
        Execute("begin immediate");
        try
        {
            var result = work(this);
            Execute("commit");
            return result;
        }
        catch
        {
            // A full disk or a failed write may have ended the transaction already.
            if (raw.sqlite3_get_autocommit(Connection.Handle) == 0)
                Execute("rollback");
            throw;
        }
    }
}
