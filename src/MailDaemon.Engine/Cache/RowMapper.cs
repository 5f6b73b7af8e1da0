using System.Text.Json;
using MailDaemon.Engine.Messages;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Cache;

/// <summary>Rows to the nouns and back.</summary>
/// <param name="server">The authserv-id of the account's own server; null while it is not known.</param>
internal sealed class RowMapper(AccountKey account, Func<string?> server)
{
    public const string ItemColumns =
        "m.id, m.key, m.remote_id, m.uid, m.subject, m.from_name, m.from_address, m.recipients, m.date, m.sent, m.snippet, m.flags, "
        + "m.has_attachments, m.labels, m.thread, m.message_id, m.size, f.path, f.role, m.reply_to, m.authentication";

    /// <summary>Where columns stand that follow <see cref="ItemColumns"/>.</summary>
    public const int NextColumn = 21;

    public const string StoredColumns =
        "m.key, s.name, f.path, f.role, m.remote_id, m.uid, m.flags, m.labels, m.thread, m.message_id, m.date, m.size, m.awaits_rules";

    private readonly string _provider = account.Provider.Name();

    public MessageItem Item(SqliteDataReader row)
    {
        var remoteId = row.GetString(2);
        var flags = (MessageFlags)row.GetInt32(11);
        var labels = Labels(row.GetString(13));
        var role = (FolderRole)row.GetInt32(18);
        return new MessageItem
        {
            Id = ItemId(remoteId),
            Key = row.GetString(1),
            Provider = _provider,
            Email = account.Email,
            Subject = row.GetString(4),
            From = new EmailAddress(row.GetString(5), row.GetString(6)),
            To = Recipients(row.GetString(7)),
            Date = Instant(row.GetInt64(8)),
            SentDateTime = InstantOrNull(row, 9),
            Snippet = row.GetString(10),
            IsRead = flags.HasFlag(MessageFlags.Read),
            IsStarred = flags.HasFlag(MessageFlags.Starred),
            IsAnswered = flags.HasFlag(MessageFlags.Answered),
            IsForwarded = flags.HasFlag(MessageFlags.Forwarded),
            HasAttachments = row.GetInt64(12) != 0,
            Folder = role.Name(),
            FolderPath = row.GetString(17),
            Uid = row.IsDBNull(3) ? null : row.GetInt64(3),
            Labels = role.Label() is { } word && !labels.Contains(word, StringComparer.OrdinalIgnoreCase) ? [.. labels, word] : labels,
            LabelIds = account.Provider == ProviderKind.Gmail ? GmailLabelIds.All(row.GetString(17), flags, labels) : null,
            Categories = account.Provider == ProviderKind.Outlook ? labels : null,
            ThreadId = row.GetString(14),
            InternetMessageId = TextOrNull(row, 15),
            Size = row.GetInt64(16),
            ReplyTo = row.IsDBNull(19) ? null : Recipients(row.GetString(19)),
            Authentication = TextOrNull(row, 20) is { Length: > 0 } results ? AuthenticationResults.Of(AuthenticationResults.Unpack(results), server()) : null,
        };
    }

    public static StoredMessage Stored(SqliteDataReader row) => new()
    {
        Key = row.GetString(0),
        Scope = row.GetString(1),
        FolderPath = row.GetString(2),
        Role = (FolderRole)row.GetInt32(3),
        RemoteId = row.GetString(4),
        Uid = row.IsDBNull(5) ? null : row.GetInt64(5),
        Flags = (MessageFlags)row.GetInt32(6),
        NativeLabels = Labels(row.GetString(7)),
        ThreadId = row.GetString(8),
        InternetMessageId = TextOrNull(row, 9),
        Date = Instant(row.GetInt64(10)),
        Size = row.GetInt64(11),
        AwaitsRules = row.GetInt64(12) != 0,
    };

    public static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? InstantOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Instant(row.GetInt64(column));

    public static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A list of texts as JSON; most are empty, and an empty text stands for that.</summary>
    public static string Pack(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? "" : JsonSerializer.Serialize(texts, CacheJson.Readable.IReadOnlyListString);

    public static string Pack(IReadOnlyList<EmailAddress> addresses) =>
        addresses.Count == 0 ? "" : JsonSerializer.Serialize(addresses, CacheJson.Readable.IReadOnlyListEmailAddress);

    public static IReadOnlyList<string> Labels(string packed) =>
        packed.Length == 0 ? [] : JsonSerializer.Deserialize(packed, CacheJson.Readable.IReadOnlyListString)!;

    /// <summary>SQLite ends a text at its first NUL.</summary>
    public static string Clean(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;

    public static IReadOnlyList<EmailAddress> Recipients(string packed) =>
        packed.Length == 0 ? [] : JsonSerializer.Deserialize(packed, CacheJson.Readable.IReadOnlyListEmailAddress)!;

    private string ItemId(string remoteId) => MessageIds.Show(account.Provider, remoteId);
}
