using System.Globalization;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>Another client that changes the inbox, differently each time.</summary>
internal sealed class MailChanges(ImapWire wire, BenchmarkMail mail, int firstNumber) : IAsyncDisposable
{
    public const int Flagged = 100;
    public const int New = 50;
    public const int Gone = 50;

    private readonly Random _random = new(2);
    private readonly HashSet<uint> _flagged = [];
    private int _number = firstNumber;

    /// <summary>100 flag changes, 50 new and 50 gone.</summary>
    public async Task MakeAsync(CancellationToken ct)
    {
        await wire.CommandAsync("SELECT INBOX", ct);
        var found = await wire.CommandAsync("UID SEARCH ALL", ct);
        var uids = found.First(line => line.StartsWith("* SEARCH", StringComparison.Ordinal)).Split(' ')[2..].Select(uid => uint.Parse(uid, CultureInfo.InvariantCulture)).ToArray();
        _random.Shuffle(uids);
        await FlagAsync(uids[..Flagged], ct);
        var gone = string.Join(',', uids[Flagged..(Flagged + Gone)]);
        await wire.CommandAsync($"UID STORE {gone} +FLAGS.SILENT (\\Deleted)", ct);
        await wire.CommandAsync($"UID EXPUNGE {gone}", ct);
        await wire.AppendAsync("INBOX", [.. Enumerable.Range(0, New).Select(_ => new ImapAppend(mail.Create(_number++)))], ct);
    }

    /// <summary>How many messages the inbox holds.</summary>
    public async Task<int> CountAsync(CancellationToken ct)
    {
        var status = await wire.CommandAsync("STATUS INBOX (MESSAGES)", ct);
        return int.Parse(status[0][(status[0].LastIndexOf(' ') + 1)..^1], CultureInfo.InvariantCulture);
    }

    /// <summary>Delivers one plain message to the inbox and returns its Message-ID.</summary>
    public async Task<string> DeliverAsync(CancellationToken ct)
    {
        _number = (_number / 10 * 10) + 18;
        await wire.AppendAsync("INBOX", [new ImapAppend(mail.Create(_number))], ct);
        return BenchmarkMail.MessageId(_number);
    }

    public ValueTask DisposeAsync() => wire.DisposeAsync();

    // No mail is seeded with this flag, so that each of these is a change.
    private async Task FlagAsync(uint[] uids, CancellationToken ct)
    {
        foreach (var part in uids.GroupBy(uid => _flagged.Contains(uid)))
            await wire.CommandAsync($"UID STORE {string.Join(',', part)} {(part.Key ? '-' : '+')}FLAGS.SILENT (\\Flagged)", ct);
        _flagged.SymmetricExceptWith(uids);
    }
}
