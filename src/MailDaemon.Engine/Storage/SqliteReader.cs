using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Storage;

/// <summary>
/// One connection for the length of one piece of work, with its prepared statements. Values stand in the SQL as <c>?1, ?2 …</c>.
/// Not sealed: <see cref="SqliteWriter"/> reads likewise. One caller at a time, never kept beyond the work it was given to.
/// </summary>
public class SqliteReader : IDisposable
{
    private const int MostStatements = 200;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    internal SqliteReader(SqliteConnection connection) => Connection = connection;

    internal SqliteConnection Connection { get; }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>Row by row, for what should not be in memory at once; false from <paramref name="each"/> ends it.</summary>
    public void Each(string sql, Func<SqliteDataReader, bool> each, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read() && each(reader))
        {
        }
    }

    /// <summary>The first row, or the default of <typeparamref name="T"/> when there is none.</summary>
    public T? First<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? map(reader) : default;
    }

    /// <summary>A number; null when there is no row or it holds NULL.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetInt64(0) : null;
    }

    /// <summary>A text; null when there is no row or it holds NULL.</summary>
    public string? Text(string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetString(0) : null;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var command in _commands.Values)
            command.Dispose();
        _commands.Clear();
        Connection.Dispose();
    }

    protected SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = "?" + i });
            if (_commands.Count < MostStatements)
                _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
