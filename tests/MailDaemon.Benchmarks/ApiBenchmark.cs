using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>Reads over HTTPS, beside Kestrel with nothing behind it that writes the same JSON, in turn.</summary>
internal sealed class ApiBenchmark(DovecotServer dovecot, MailUser user, SeededMailbox mailbox, BenchmarkMail mail, int rounds)
{
    private const int Page = 50;
    private const int Details = 2_000;
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly ApiFigures _figures = new();
    private readonly string _data = Directory.CreateTempSubdirectory("ours-").FullName;
    private readonly string _bare = Directory.CreateTempSubdirectory("bare-").FullName;

    public const string Conditions = "HTTPS on loopback, everybody on the same cores, wrk for 2 s at a time; medians, ours and bare Kestrel in turn.";

    /// <summary>Bytes of a message on the server, and in our cache with its indexes.</summary>
    private const long Disk = 55_000 + 20_000;

    /// <summary>Disk that a size takes, in bytes.</summary>
    public static long Needs(int messages, int rounds) => messages * Disk;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(DovecotServer dovecot, int messages, BenchmarkMail mail, int rounds, CancellationToken ct)
    {
        var user = dovecot.AddUser("bench", "secret");
        Say($"{messages:N0} messages: seeding");
        var mailbox = await MailboxSeed.FillAsync(dovecot, user, messages, mail, ct);
        Console.WriteLine($"{messages:N0} messages; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        var benchmark = new ApiBenchmark(dovecot, user, mailbox, mail, rounds);
        await benchmark.FillAsync(ct);
        await benchmark.RunAsync(ct);
        return benchmark._figures.Table();
    }

    /// <summary>The first pass, read beside.</summary>
    private async Task FillAsync(CancellationToken ct)
    {
        Say("first pass, and reads beside it");
        await using var daemon = await StartAsync();
        using var client = daemon.NewClient();
        var filling = daemon.AddAsync(MailTransport.Tls(dovecot), mailbox, ct);
        var common = mail.Terms(mailbox.Messages).Common;
        while (!filling.IsCompleted)
        {
            var list = await TimedAsync(client, $"/api/imap/messages?email={user.Address}&limit={Page}", ct);
            if (list is { } reply && JsonDocument.Parse(reply).RootElement.GetProperty("result").GetProperty("messages") is var items && items.GetArrayLength() > 0)
            {
                var key = items[Random.Shared.Next(items.GetArrayLength())].GetProperty("key").GetString();
                await TimedAsync(client, $"/api/imap/messages/{key}", ct);
                await TimedAsync(client, $"/api/imap/search?email={user.Address}&limit={Page}&q={common}", ct);
            }
        }

        await filling;
    }

    private async Task<string?> TimedAsync(HttpClient client, string path, CancellationToken ct)
    {
        await Task.Delay(BetweenReads, ct);
        var since = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode) return null;
        _figures.Beside.Add(Stopwatch.GetElapsedTime(since));
        return text;
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await PeerTool.RunAsync("sync", [], null, ct);
        for (var round = 1; round <= rounds; round++)
        {
            Say($"round {round}");
            var since = Stopwatch.GetTimestamp();
            await using var daemon = await StartAsync();
            await daemon.ReadAsync("/ping", ct);
            _figures.Start.Add(Stopwatch.GetElapsedTime(since));
            await RoundAsync(daemon, ct);
            await Task.Delay(Rest, ct);
            _figures.Memory.Add(daemon.Memory().Now);
            if (round == rounds) _figures.Disk = (IndexBytes(), await TextBytesAsync(daemon, ct));
        }
    }

    private async Task RoundAsync(MeasuredDaemon daemon, CancellationToken ct)
    {
        var list = $"/api/imap/messages?email={user.Address}&limit={Page}&offset=0";
        var far = $"/api/imap/messages?email={user.Address}&limit={Page}&offset={mailbox.Messages / 2}";
        var keys = await KeysAsync(daemon, ct);
        await File.WriteAllTextAsync(Path.Combine(_bare, "list.json"), await daemon.ReadAsync(list, ct), ct);
        await File.WriteAllTextAsync(Path.Combine(_bare, "detail.json"), await daemon.ReadAsync(keys[keys.Count / 2], ct), ct);
        await using var bare = await BareServer.StartAsync(_bare, ct);

        // Until the hot paths are compiled.
        foreach (var (server, path) in ((Uri, string)[])[(daemon.Address, list), (daemon.Address, keys[0]), (bare.Address, "/list"), (bare.Address, "/detail")])
            await Wrk.RunAsync(server, [path], 8, ct);

        foreach (var connections in (int[])[1, 8])
        {
            var suffix = connections == 1 ? "1 connection" : $"{connections} connections";
            _figures.Add($"list, {suffix}", await Wrk.RunAsync(daemon.Address, [list], connections, ct));
            _figures.Add($"bare list, {suffix}", await Wrk.RunAsync(bare.Address, ["/list"], connections, ct));
        }

        _figures.Add("list far down", await Wrk.RunAsync(daemon.Address, [far], 1, ct));
        _figures.Add("detail", await Wrk.RunAsync(daemon.Address, keys, 1, ct));
        _figures.Add("bare detail", await Wrk.RunAsync(bare.Address, ["/detail"], 1, ct));
        var terms = mail.Terms(mailbox.Messages);
        foreach (var (name, term) in ((string, string)[])[("common word", terms.Common), ("rare word", terms.Rare), ("two Chinese characters", terms.Han), ("phrase", terms.Phrase)])
        {
            var path = $"/api/imap/search?email={user.Address}&limit={Page}&q={Uri.EscapeDataString(term)}";
            foreach (var (order, wanted) in ((string, string)[])[("", path), (" by relevance", path + "&sort=relevance")])
            {
                await Wrk.RunAsync(daemon.Address, [wanted], 1, ct);
                _figures.Add($"search, {name}{order}", await Wrk.RunAsync(daemon.Address, [wanted], 1, ct));
            }
        }

        _figures.BareMemory.Add(bare.Memory());
    }

    /// <summary>Paths of details, from all over the mailbox.</summary>
    private async Task<List<string>> KeysAsync(MeasuredDaemon daemon, CancellationToken ct)
    {
        var keys = new List<string>();
        for (var part = 0; part < 10; part++)
        {
            var path = $"/api/imap/messages?email={user.Address}&limit={Math.Min(500, Details / 10)}&offset={(long)mailbox.Messages * part / 10}";
            var page = JsonDocument.Parse(await daemon.ReadAsync(path, ct)).RootElement.GetProperty("result").GetProperty("messages");
            keys.AddRange(page.EnumerateArray().Select(m => $"/api/imap/messages/{m.GetProperty("key").GetString()}"));
        }

        return keys;
    }

    private long IndexBytes() => Directory.EnumerateFiles(_data, "search*.db*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    /// <summary>What the index is of: subjects, texts, names and addresses, in UTF-8.</summary>
    private async Task<double> TextBytesAsync(MeasuredDaemon daemon, CancellationToken ct)
    {
        var bytes = 0L;
        for (var offset = 0; offset < mailbox.Messages; offset += 500)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/api/imap/messages?email={user.Address}&limit=500&offset={offset}&bodyFormat=text");
            foreach (var message in JsonDocument.Parse(await daemon.ReadAsync(path, ct)).RootElement.GetProperty("result").GetProperty("messages").EnumerateArray())
            {
                var from = message.GetProperty("from");
                var texts = message.GetProperty("to").EnumerateArray().SelectMany(to => (JsonElement[])[to.GetProperty("name"), to.GetProperty("address")])
                    .Concat([message.GetProperty("subject"), from.GetProperty("name"), from.GetProperty("address"), message.GetProperty("body").GetProperty("content")]);
                bytes += texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text.GetString()!));
            }
        }

        return bytes;
    }

    private Task<MeasuredDaemon> StartAsync() => MeasuredDaemon.StartAsync(_data, user, dovecot.CaPemPath, listens: false);

    private static void Say(string what) => Console.Error.WriteLine($"  {what} ...");
}
