using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Random things in any order: another client and the API append, flag, move, copy and delete mail and make, rename and delete folders,
/// while the daemon syncs, is killed and starts again. Now and then all is quiet, and then cache and server must agree.
/// What happens follows from the seed; how it meets the daemon's passes does not.
/// </summary>
internal sealed partial class RandomHistory(DovecotServer dovecot, MailUser user, string directory, int seed) : IAsyncDisposable
{
    private const int QuietEvery = 100;
    private const int Told = 60;

    private static readonly string[] FirstFolders = ["INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive"];
    private static readonly string[] Flags = ["\\Seen", "\\Flagged", "\\Answered", "$Forwarded", "todo", "vip", "$MailFlagBit0"];
    private static readonly string[] Verbs = ["read", "unread", "star", "unstar", "archive", "spam", "not-spam"];

    private readonly Random _random = new(seed);
    private readonly Queue<string> _log = new();
    private readonly List<string> _folders = [.. FirstFolders];
    private readonly HistoryMarks _marks = new(Path.Combine(directory, "imap", user.Address, "index.db"), Path.Combine(directory, "store.db"));
    private ImapWire _wire = null!;
    private DaemonProcess? _daemon;
    private HttpClient? _client;
    private List<ListedMessage> _listed = [];
    private int _step;
    private int _names;

    private MailApi Api => new(_client!, dovecot);

    /// <summary>Lives through so many steps, and through a quiet moment at their end.</summary>
    public async Task RunAsync(int steps)
    {
        try
        {
            await BeginAsync();
            for (_step = 1; _step <= steps; _step++)
            {
                await StepAsync();
                if (_step % QuietEvery == 0 || _step == steps)
                    await QuietAsync();
            }
        }
        catch (Exception e)
        {
            throw new ShouldAssertException(
                $"seed {seed}, step {_step}: {e.Message}\nlast steps:\n{string.Join('\n', _log)}\nby the server's log:\n{ServerTrail(e.Message)}\n{_daemon?.Errors}", e);
        }
    }

    /// <summary>What the server says became of the mail that a failure is about.</summary>
    private string ServerTrail(string failure)
    {
        var ids = MessageId().Matches(failure).Select(m => m.Value).Distinct(StringComparer.Ordinal).ToList();
        return string.Join('\n', dovecot.Log().Split('\n').Where(line => ids.Exists(id => line.Contains(id, StringComparison.Ordinal))));
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        if (_wire is not null)
            await _wire.DisposeAsync();
    }

    private async Task BeginAsync()
    {
        _wire = await dovecot.ConnectAsync(user);
        for (var i = 0; i < 40; i++)
            await AppendAsync(FirstFolders[i % FirstFolders.Length], isBaseline: true);
        await StartAsync();
        var rule = await Api.PostAsync("/api/rules", new { name = "every mail", matchAll = true, actions = new[] { new { type = "agent_handle", value = "history" } } });
        rule.Status.ShouldBe(201, rule.Text);
        await Api.AddAsync(user);
        await QuietAsync();
    }

    private async Task StepAsync()
    {
        switch (_random.Next(100))
        {
            case < 24:
                await AppendAsync(Any(_folders), isBaseline: false);
                break;
            case < 38:
                await FlagAsync();
                break;
            case < 52:
                await TransferAsync(isMove: true);
                break;
            case < 57:
                await TransferAsync(isMove: false);
                break;
            case < 64:
                await ExpungeAsync();
                break;
            case < 67:
                await CreateFolderAsync();
                break;
            case < 69:
                await RenameFolderAsync();
                break;
            case < 71:
                await DeleteFolderAsync();
                break;
            case < 98:
                await ActAsync(isKilled: false);
                break;
            default:
                await ActAsync(isKilled: true);
                break;
        }
    }

    private async Task AppendAsync(string folder, bool isBaseline)
    {
        var mail = _marks.Born(folder, isBaseline, seed);
        Note($"append {mail.Id} to {folder}");
        var text = $"From: Ann <ann@random.test>\r\nTo: {user.Address}\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nSubject: mail {mail.Id}\r\nMessage-ID: {mail.Id}\r\n\r\n文本 {mail.Id}\r\n";
        var append = new ImapAppend(Encoding.UTF8.GetBytes(text), _random.Next(3) == 0 ? Any(Flags) : "");
        try
        {
            await _wire.AppendAsync(folder, [append], CancellationToken.None);
        }
        catch (InvalidOperationException e) when (e.Message.Contains("ALREADYEXISTS", StringComparison.Ordinal))
        {
            // Dovecot makes a new folder's files when it is first opened, and trips when two sessions do that at once; nothing was stored.
            await _wire.AppendAsync(folder, [append], CancellationToken.None);
        }
    }

    private async Task FlagAsync()
    {
        if (await PickAsync(Any(_folders)) is not var (folder, uids))
            return;
        var (sign, flag) = (_random.Next(2) == 0 ? "+" : "-", Any(Flags));
        await CommandAsync($"{folder}:", $"UID STORE {uids} {sign}FLAGS ({flag})");
    }

    /// <summary>From Sent nothing is taken: what is in it and elsewhere too is a mail to oneself, not a copy.</summary>
    private async Task TransferAsync(bool isMove)
    {
        var target = Any(_folders);
        if (await PickAsync(Any([.. _folders.Where(f => f != "Sent" && f != target)])) is not var (folder, uids))
            return;
        foreach (var id in await IdsAsync(uids))
            _marks.Transferred(id, target, isMove);
        await CommandAsync($"{folder} to {target}:", $"UID {(isMove ? "MOVE" : "COPY")} {uids} {Quoted(target)}");
    }

    private async Task ExpungeAsync()
    {
        if (await PickAsync(Any(_folders)) is not var (folder, uids))
            return;
        await CommandAsync($"{folder}:", $"UID STORE {uids} +FLAGS.SILENT (\\Deleted)");
        await CommandAsync($"{folder}:", $"UID EXPUNGE {uids}");
    }

    private async Task CreateFolderAsync()
    {
        var name = NewName();
        if (await CommandAsync(name, $"CREATE {Quoted(name)}"))
            _folders.Add(name);
    }

    private async Task RenameFolderAsync()
    {
        if (AnyMade() is not { } name)
            return;
        var other = NewName();
        if (!await CommandAsync($"{name} to {other}", $"RENAME {Quoted(name)} {Quoted(other)}"))
            return;
        _folders[_folders.IndexOf(name)] = other;
        _marks.FolderGone(name);
    }

    private async Task DeleteFolderAsync()
    {
        if (AnyMade() is not { } name)
            return;
        if (await CommandAsync(name, $"DELETE {Quoted(name)}"))
        {
            _folders.Remove(name);
            _marks.FolderGone(name);
        }
    }

    /// <summary>An action over HTTP on a message that was listed some time ago: it may have gone meanwhile.</summary>
    private async Task ActAsync(bool isKilled)
    {
        if (_listed.Count == 0 || _random.Next(8) == 0)
            _listed = await Api.ListAsync(user);
        var candidates = _listed.Where(m => m.FolderPath != "Sent").ToList();
        if (candidates.Count == 0)
            return;
        var message = Any(candidates);
        var target = Any(_folders);
        var path = $"/api/imap/messages/{message.Key}";
        var (name, call) = _random.Next(10) switch
        {
            < 3 => ($"move to {target}", () => Api.PostAsync($"{path}/move", new { target })),
            3 => Delete(path, out target),
            _ => Verb(path, Any(Verbs), ref target),
        };
        if (message.InternetMessageId is { } id && !name.EndsWith("read", StringComparison.Ordinal) && !name.EndsWith("star", StringComparison.Ordinal))
            _marks.Transferred(id, target, isMove: true);
        Note($"api {name}: {message.Key} {message.InternetMessageId} of {message.FolderPath}{(isKilled ? ", killed" : "")}");
        if (isKilled)
            await KillDuringAsync(call);
        else
            (await call()).Status.ShouldBeOneOf(200, 404, 502);
    }

    private (string Name, Func<Task<Reply>> Call) Delete(string path, out string target)
    {
        target = "Trash";
        return ("delete", () => Api.DeleteAsync(path));
    }

    private (string Name, Func<Task<Reply>> Call) Verb(string path, string verb, ref string target)
    {
        target = verb switch { "archive" => "Archive", "spam" => "Junk", "not-spam" => "INBOX", _ => target };
        return (verb, () => Api.PostAsync($"{path}/{verb}"));
    }

    private async Task KillDuringAsync(Func<Task<Reply>> call)
    {
        var reply = call();
        await Task.Delay(_random.Next(30));
        await StopAsync(isKilled: true);
        await reply.ContinueWith(done => _ = done.Exception, TaskScheduler.Default);
        for (var i = _random.Next(4); i > 0; i--)
            await TransferAsync(isMove: true);
        await StartAsync();
    }

    /// <summary>One pass, and the cache is what the server has. Then, while the daemon is down, what it keeps for the rules is looked at.</summary>
    private async Task QuietAsync()
    {
        Note("quiet");
        await Api.SyncAsync(user);
        var proof = await Api.GetAsync($"/api/sync/verify?provider=imap&email={user.Address}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.Text);
        proof.Result.GetProperty("isComplete").GetBoolean().ShouldBeTrue(proof.Text);
        _listed = await Api.ListAsync(user);
        _listed.Select(m => m.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(_listed.Count, "each key is there once");

        await StopAsync(isKilled: _random.Next(2) == 0);
        await _marks.CheckAsync();
        _marks.Seen(_folders);
        await StartAsync();
    }

    private async Task StartAsync()
    {
        Note("start");
        string[] settings = [.. MailApi.Arguments(dovecot).Where(a => !a.StartsWith("--Sync:", StringComparison.Ordinal)), "--Sync:IntervalSeconds=5", "--Sync:Idle=true"];
        _daemon = await DaemonProcess.StartAsync(directory, settings);
        _client = _daemon.NewClient();
    }

    private async Task StopAsync(bool isKilled)
    {
        Note(isKilled ? "kill" : "stop");
        if (isKilled)
            await _daemon!.KillAsync();
        else
            (await _daemon!.StopAsync()).ShouldBe(0, _daemon.Errors);
        await _daemon.DisposeAsync();
        _client!.Dispose();
        _daemon = null;
    }

    /// <summary>Opens the folder and picks one to three of its messages; null when it has none.</summary>
    private async Task<(string Folder, string Uids)?> PickAsync(string folder)
    {
        await _wire.CommandAsync($"SELECT {Quoted(folder)}", CancellationToken.None);
        var found = (await _wire.CommandAsync("UID SEARCH ALL", CancellationToken.None))[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToArray();
        if (found.Length > 0)
        {
            _random.Shuffle(found);
            return (folder, string.Join(',', found.Take(1 + _random.Next(3))));
        }

        await CloseAsync();
        return null;
    }

    private async Task<IEnumerable<string>> IdsAsync(string uids) =>
        (await _wire.CommandAsync($"UID FETCH {uids} (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", CancellationToken.None))
        .SelectMany(line => MessageId().Matches(line)).Select(match => match.Value);

    /// <summary>False when the server refused: another step may have taken what this one was for.</summary>
    private async Task<bool> CommandAsync(string about, string command)
    {
        try
        {
            await _wire.CommandAsync(command, CancellationToken.None);
            Note($"{about} {command}");
            return true;
        }
        catch (InvalidOperationException e)
        {
            Note($"{about} {command} - refused: {e.Message}");
            return false;
        }
        finally
        {
            if (!command.Contains("Deleted", StringComparison.Ordinal))
                await CloseAsync();
        }
    }

    // An open folder would keep the session in it when it is renamed or deleted.
    private async Task CloseAsync()
    {
        try
        {
            await _wire.CommandAsync("UNSELECT", CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // None was open.
        }
    }

    private string NewName()
    {
        var number = (++_names).ToString(CultureInfo.InvariantCulture);
        return (_names % 4) switch { 0 => $"Work {number}", 1 => $"文件夹{number}", 2 => $"项目/报价 {number}", _ => $"客户 & Co {number}" };
    }

    private string? AnyMade() => _folders.Count > FirstFolders.Length ? _folders[_random.Next(FirstFolders.Length, _folders.Count)] : null;

    private T Any<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    private void Note(string what)
    {
        _log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{_step}: {what}"));
        if (_log.Count > Told)
            _log.Dequeue();
    }

    private static string Quoted(string folder) => $"\"{ImapWire.ModifiedUtf7(folder)}\"";

    [GeneratedRegex("<[^>]+>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MessageId();
}
