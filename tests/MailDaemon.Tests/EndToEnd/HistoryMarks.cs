using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>One mail of a random history, by its Message-ID, and what may be expected of it.</summary>
internal sealed class HistoryMail(string id, bool isBaseline)
{
    public string Id { get; } = id;

    public bool IsBaseline { get; } = isBaseline;

    /// <summary>It was in a folder that the daemon first saw with the mail in it: then it may count as having been there before.</summary>
    public bool MayBeBaseline { get; set; }

    /// <summary>There are copies: which of them has which key is nobody's promise.</summary>
    public bool IsCopied { get; set; }

    /// <summary>Rules have run on it.</summary>
    public bool IsDone { get; set; }

    /// <summary>No quiet moment has seen it yet.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>Where it was since the last quiet moment.</summary>
    public HashSet<string> Places { get; } = new(StringComparer.Ordinal);

    public string? Key { get; set; }

    /// <summary>Where it went, for whoever reads that a test failed.</summary>
    public List<string> Trail { get; } = [];
}

/// <summary>Which mail awaits rules and has which key: what must be so against what index.db says while the daemon is down.</summary>
internal sealed class HistoryMarks(string indexFile)
{
    private const int SentRole = 2;

    private static readonly int[] RuleRoles = [0, 1, 6];

    private readonly Dictionary<string, HistoryMail> _mails = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public HistoryMail Born(string folder, bool isBaseline, int seed)
    {
        var mail = new HistoryMail(string.Create(CultureInfo.InvariantCulture, $"<r{seed}-{_mails.Count}@random.test>"), isBaseline);
        _mails.Add(mail.Id, mail);
        Enter(mail, folder);
        return mail;
    }

    public void Transferred(string id, string target, bool isMove)
    {
        var mail = _mails[id];
        mail.IsCopied |= !isMove || target == "Sent";
        Enter(mail, target);
    }

    /// <summary>Deleted or renamed: what came into it since the daemon looked is seen elsewhere first, if at all.</summary>
    public void FolderGone(string folder)
    {
        _seen.Remove(folder);
        foreach (var mail in _mails.Values.Where(m => m.IsFresh && m.Places.Contains(folder)))
            mail.MayBeBaseline = true;
    }

    /// <summary>A quiet moment: the daemon knows these folders and all that is in them.</summary>
    public void Seen(IEnumerable<string> folders)
    {
        _seen.Clear();
        _seen.UnionWith(folders);
        foreach (var mail in _mails.Values)
        {
            mail.IsFresh = false;
            mail.Places.Clear();
            mail.Trail.Add("(quiet)");
        }
    }

    public async Task CheckAsync()
    {
        var rows = await ReadAsync();
        foreach (var (id, there) in rows)
        {
            var mail = _mails[id];
            var shown = $"{string.Join(", ", there)}; went {string.Join(" > ", mail.Trail)}";
            // One in Sent is a mail to oneself, and awaits by itself.
            var marks = there.Count(r => r.Awaits && (r.Role != SentRole || mail.IsDone || mail.IsBaseline));
            if (mail.IsBaseline)
                marks.ShouldBe(0, $"{id} was there before the account: {shown}");
            else if (mail.IsDone)
                marks.ShouldBe(0, $"rules have run on {id}: {shown}");
            else if (there.Exists(r => RuleRoles.Contains(r.Role)) && !mail.MayBeBaseline)
                marks.ShouldBe(1, $"rules are to run on {id} once: {shown}");
            else
                marks.ShouldBeLessThanOrEqualTo(1, $"rules are to run on {id} once at most: {shown}");

            if (mail.IsCopied)
                continue;
            var row = there.ShouldHaveSingleItem($"{id} was never copied: {shown}");
            (mail.Key ??= row.Key).ShouldBe(row.Key, $"{id} keeps its key: {shown}");
        }
    }

    /// <summary>Does with some of the marks what the rule engine will do, and returns of which mail.</summary>
    public async Task<IReadOnlyList<string>> RunRulesAsync(Random random)
    {
        var waiting = (await ReadAsync()).Where(m => m.Value.Exists(r => r.Awaits)).Select(m => m.Key).Order(StringComparer.Ordinal).Where(_ => random.Next(3) > 0).ToList();
        await using var connection = await OpenAsync(SqliteOpenMode.ReadWrite);
        foreach (var id in waiting)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "update messages set awaits_rules = 0 where message_id = $id and awaits_rules = 1";
            command.Parameters.AddWithValue("$id", id);
            (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
            _mails[id].IsDone = true;
        }

        return waiting;
    }

    private void Enter(HistoryMail mail, string folder)
    {
        mail.Places.Add(folder);
        mail.Trail.Add(folder);
        mail.MayBeBaseline |= mail.IsFresh && !_seen.Contains(folder);
    }

    private async Task<Dictionary<string, List<Row>>> ReadAsync()
    {
        await using var connection = await OpenAsync(SqliteOpenMode.ReadOnly);
        await using var command = connection.CreateCommand();
        command.CommandText = "select m.message_id, m.key, f.path, f.role, m.awaits_rules from messages m join folders f on f.id = m.folder_id";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, List<Row>>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            var id = reader.GetString(0);
            if (!rows.TryGetValue(id, out var there))
                rows.Add(id, there = []);
            there.Add(new Row(reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4) != 0));
        }

        return rows;
    }

    private async Task<SqliteConnection> OpenAsync(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = indexFile, Mode = mode, Pooling = false }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    private sealed record Row(string Key, string Folder, int Role, bool Awaits);
}
