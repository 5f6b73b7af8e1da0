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

    /// <summary>It was in a folder whose mail is no new mail to rules.</summary>
    public bool MayBePassedOver { get; set; }

    /// <summary>No quiet moment has seen it yet.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>Where it was since the last quiet moment.</summary>
    public HashSet<string> Places { get; } = new(StringComparer.Ordinal);

    public string? Key { get; set; }

    /// <summary>Where it went, for whoever reads that a test failed.</summary>
    public List<string> Trail { get; } = [];
}

/// <summary>
/// On which mail rules ran and which key it has: what must be so against what the databases say while the daemon is down. One rule is there,
/// which gives each new mail to an agent: a task is a run of it.
/// </summary>
internal sealed class HistoryMarks(string indexFile, string storeFile)
{
    private const int SentRole = 2;

    private static readonly string[] PassedOver = ["Sent", "Drafts", "Junk", "Trash"];

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
        var runs = await RunsAsync();
        foreach (var (id, count) in runs)
            (_mails.ContainsKey(id) ? count : 0).ShouldBe(1, $"the rule ran on {id} {count} times; went {string.Join(" > ", _mails.GetValueOrDefault(id)?.Trail ?? [])}");
        foreach (var (id, there) in rows)
        {
            var mail = _mails[id];
            var shown = $"{string.Join(", ", there)}; went {string.Join(" > ", mail.Trail)}";
            // One in Sent is a mail to oneself, and awaits by itself. A run is written down before the mark goes.
            var marks = runs.GetValueOrDefault(id) > 0 ? 1 : there.Count(r => r.Awaits && (r.Role != SentRole || mail.IsBaseline));
            if (mail.IsBaseline)
                marks.ShouldBe(0, $"{id} was there before the account: {shown}");
            else if (there.Exists(r => RuleRoles.Contains(r.Role)) && !mail.MayBeBaseline && !mail.MayBePassedOver)
                marks.ShouldBe(1, $"the rule is to run on {id} once: {shown}");
            else
                marks.ShouldBeLessThanOrEqualTo(1, $"the rule is to run on {id} once at most: {shown}");

            if (mail.IsCopied)
                continue;
            var row = there.ShouldHaveSingleItem($"{id} was never copied: {shown}");
            (mail.Key ??= row.Key).ShouldBe(row.Key, $"{id} keeps its key: {shown}");
        }
    }

    private void Enter(HistoryMail mail, string folder)
    {
        mail.Places.Add(folder);
        mail.Trail.Add(folder);
        mail.MayBePassedOver |= PassedOver.Contains(folder, StringComparer.Ordinal);
        mail.MayBeBaseline |= mail.IsFresh && !_seen.Contains(folder);
    }

    private async Task<Dictionary<string, List<Row>>> ReadAsync()
    {
        await using var connection = await OpenAsync(indexFile);
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

    /// <summary>How often the rule ran, by Message-ID.</summary>
    private async Task<Dictionary<string, int>> RunsAsync()
    {
        await using var connection = await OpenAsync(storeFile);
        await using var command = connection.CreateCommand();
        command.CommandText = "select coalesce(json_extract(message, '$.internetMessageId'), message), count(*) from agent_tasks group by 1";
        await using var reader = await command.ExecuteReaderAsync();
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
            runs.Add(reader.GetString(0), reader.GetInt32(1));
        return runs;
    }

    private static async Task<SqliteConnection> OpenAsync(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    private sealed record Row(string Key, string Folder, int Role, bool Awaits);
}
