namespace MailDaemon.Engine.Cache;

/// <summary>What a server does with sent mail.</summary>
public enum SentHabit
{
    Unknown,

    /// <summary>It puts a copy into Sent by itself.</summary>
    ServerFiles,

    /// <summary>It does not, and the daemon does.</summary>
    DaemonFiles,
}

/// <summary>What was learned of how the account's server files sent mail. Forgotten with the cache, and learned again.</summary>
public sealed partial class MailCache
{
    /// <summary>People change such a setting of their server.</summary>
    private static readonly TimeSpan SentHabitLifetime = TimeSpan.FromDays(30);

    /// <summary>The habit, and while it is not known the Message-ID of the last copy that the daemon added.</summary>
    internal (SentHabit Habit, string? MessageId) SentHabit(DateTimeOffset now) => Read(reader => reader.Query(
        "select habit, message_id, at from sent_habit where id = 1",
        row => now - RowMapper.Instant(row.GetInt64(2)) < SentHabitLifetime ? ((SentHabit)row.GetInt32(0), RowMapper.TextOrNull(row, 1)) : default)).FirstOrDefault();

    internal Task SaveSentHabitAsync(SentHabit habit, string? messageId, DateTimeOffset at, CancellationToken ct) => WriteAsync(
        writer => writer.Execute(
            "insert into sent_habit (id, habit, message_id, at) values (1, ?1, ?2, ?3) on conflict (id) do update set habit = ?1, message_id = ?2, at = ?3",
            (int)habit,
            messageId,
            at.ToUnixTimeMilliseconds()),
        ct);
}
