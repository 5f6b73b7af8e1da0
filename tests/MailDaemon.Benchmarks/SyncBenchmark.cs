using System.Diagnostics;
using System.Globalization;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Benchmarks;

/// <summary>Passes of the daemon beside those of mbsync and beside what the wire allows, in turn on one mailbox.</summary>
internal sealed class SyncBenchmark(DovecotServer dovecot, MailUser user, SeededMailbox mailbox, BenchmarkMail mail, int rounds)
{
    private const string Headers = "UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER]";
    private const string Whole = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]";
    private const int EmptyTurns = 10;
    private const int EmptyPasses = 20;
    private const int ChangeTurns = 6;
    private const int Deliveries = 50;

    // The pass after a mail is over by then: mail that comes five times a second waits for it, in a folder that takes the server long to open.
    private static readonly TimeSpan BetweenMails = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a message as mail, Dovecot's indexes included, in its Maildir or mbsync's.</summary>
    private const long MailDisk = 55_000;

    /// <summary>Bytes of a message in our cache.</summary>
    private const long CacheDisk = 20_000;

    private readonly SyncFigures _figures = new();
    private readonly MailTransport _tls = MailTransport.Tls(dovecot);

    public const string Conditions = "TLS on loopback, mbsync with FSync no, server caches warm; medians, ours and peer in turn.";

    /// <summary>Disk that a size takes, in bytes.</summary>
    public static long Needs(int messages, int rounds) => messages * (MailDisk + (rounds * (MailDisk + CacheDisk)));

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(DovecotServer dovecot, int messages, BenchmarkMail mail, int rounds, CancellationToken ct)
    {
        var user = dovecot.AddUser("bench", "secret");
        Say($"{messages:N0} messages: seeding");
        var mailbox = await MailboxSeed.FillAsync(dovecot, user, messages, mail, ct);
        Console.WriteLine($"{messages:N0} messages, {Report.Megabytes(mailbox.Bytes)}, {mailbox.Folders.Count} folders with mail; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        var benchmark = new SyncBenchmark(dovecot, user, mailbox, mail, rounds);
        await benchmark.RunAsync(ct);
        return benchmark._figures.Table();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        Say("warming the server's caches");
        await DrainAsync(ct);
        for (var round = 1; round <= rounds; round++) await RoundAsync(round, ct);
    }

    private async Task RoundAsync(int round, CancellationToken ct)
    {
        var ours = Directory.CreateTempSubdirectory("ours-").FullName;
        var theirs = Directory.CreateTempSubdirectory("theirs-").FullName;
        await using (var daemon = await MeasuredDaemon.StartAsync(ours, user, dovecot.CaPemPath, listens: false))
        {
            await SettleAsync(ct);
            Say($"round {round}: first pass");
            await FirstPassAsync(daemon, ct);
            await SettleAsync(ct);
            Say($"round {round}: mbsync");
            var mbsync = new Mbsync(theirs, user);
            await PeerFirstPassAsync(mbsync, ct);
            await FloorAsync(ct);
            if (round < rounds) return;
            await LaterPassesAsync(daemon, mbsync, ct);
        }

        await NewMailAsync(ours, ct);
    }

    private async Task FirstPassAsync(MeasuredDaemon daemon, CancellationToken ct)
    {
        var pass = await daemon.AddAsync(_tls, mailbox, ct);
        _figures.FirstPage.Add(pass.Page);
        _figures.Cached.Add(pass.Cached);
        if (pass.Searchable is { } searchable) _figures.Searchable.Add(searchable);
        _figures.MostMemory.Add(daemon.Memory().Most);
        await Task.Delay(TimeSpan.FromSeconds(10), ct);
        _figures.RestedMemory.Add(daemon.Memory().Now);
    }

    private async Task PeerFirstPassAsync(Mbsync mbsync, CancellationToken ct)
    {
        _figures.PeerCached.Add(await mbsync.RunAsync(_tls, ct));
        if (mbsync.Count() != mailbox.Messages) throw new InvalidOperationException($"mbsync has {mbsync.Count()} of {mailbox.Messages} messages");
    }

    private async Task FloorAsync(CancellationToken ct)
    {
        var (headers, whole) = await DrainAsync(ct);
        _figures.FloorHeaders.Add(headers);
        _figures.FloorWhole.Add(whole);
    }

    private async Task<(TimeSpan Headers, TimeSpan Whole)> DrainAsync(CancellationToken ct)
    {
        var (headers, _) = await WireDrain.RunAsync(_tls, user, mailbox.Folders.Keys, Headers, ct);
        var (whole, bytes) = await WireDrain.RunAsync(_tls, user, mailbox.Folders.Keys, Whole, ct);
        return bytes > mailbox.Bytes ? (headers, whole) : throw new InvalidOperationException($"{bytes} bytes of {mailbox.Bytes} came");
    }

    private async Task LaterPassesAsync(MeasuredDaemon daemon, Mbsync mbsync, CancellationToken ct)
    {
        await SettleAsync(ct);
        Say("passes with nothing new");
        for (var turn = 0; turn < EmptyTurns; turn++)
        {
            for (var pass = 0; pass < EmptyPasses; pass++) _figures.Empty.Add(await daemon.SyncAsync(0, 0, ct));
            _figures.PeerEmpty.Add(await mbsync.RunAsync(_tls, ct));
        }

        Say("passes with changes");
        await using var changes = new MailChanges(await dovecot.ConnectAsync(user, ct), mail, mailbox.Messages);
        for (var turn = 0; turn < ChangeTurns; turn++)
        {
            // mbsync waits a second out when its Maildir changed within it.
            await Task.Delay(TimeSpan.FromSeconds(2), ct);
            await changes.MakeAsync(ct);

            // Who comes first makes the server read the news.
            if (turn % 2 == 1) _figures.PeerChanges.Add(await mbsync.RunAsync(_tls, ct));
            _figures.Changes.Add(await daemon.SyncAsync(MailChanges.New, MailChanges.Gone, ct));
            if (turn % 2 == 0) _figures.PeerChanges.Add(await mbsync.RunAsync(_tls, ct));
        }

        await WireAsync(daemon, mbsync, ct);
        _figures.LastMemory.Add(daemon.Memory().Now);
    }

    private async Task WireAsync(MeasuredDaemon daemon, Mbsync mbsync, CancellationToken ct)
    {
        var folders = (await dovecot.DoveadmAsync(ct, "mailbox", "list", "-u", user.Address)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        await using var tap = new WireTap(dovecot.ImapPort);
        await daemon.ReconnectAsync(MailTransport.Clear(tap.Port), ct);
        await daemon.SyncAsync(0, 0, ct);
        for (var pass = 0; pass < EmptyPasses; pass++) _figures.Wire.Add(await CountAsync(() => daemon.SyncAsync(0, 0, ct)));
        _figures.PeerWire.Add(await CountAsync(() => mbsync.RunAsync(MailTransport.Clear(tap.Port), ct)));
        await daemon.ReconnectAsync(_tls, ct);

        async Task<double> CountAsync(Func<Task> pass)
        {
            var before = tap.Bytes;
            await pass();
            return (double)(tap.Bytes - before) / folders;
        }
    }

    private async Task NewMailAsync(string dataDirectory, CancellationToken ct)
    {
        Say("new mail");
        await using var daemon = await MeasuredDaemon.StartAsync(dataDirectory, user, dovecot.CaPemPath, listens: true);
        await using var tap = new WireTap(dovecot.ImapPort);
        await daemon.ReconnectAsync(MailTransport.Clear(tap.Port), ct);
        await using var sender = new MailChanges(await dovecot.ConnectAsync(user, ct), mail, 2 * mailbox.Messages);
        var count = await sender.CountAsync(ct);
        await daemon.SyncAsync(0, 0, ct);
        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        for (var delivery = 1; delivery <= Deliveries; delivery++)
        {
            // On the daemon's own connection: Dovecot tells one listener up to half a second later than another.
            var exists = tap.HearAsync($"* {count + delivery} EXISTS", ct);
            var since = Stopwatch.GetTimestamp();
            var id = await sender.DeliverAsync(ct);
            var listed = await daemon.UntilListedAsync(id, ct);
            _figures.Announcement.Add(Stopwatch.GetElapsedTime(since, await exists));
            _figures.NewMail.Add(Stopwatch.GetElapsedTime(await exists, listed));
            await Task.Delay(BetweenMails, ct);
        }
    }

    // What was written is on the disk.
    private async Task SettleAsync(CancellationToken ct)
    {
        await PeerTool.RunAsync("sync", [], null, ct);
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(10, mailbox.Messages / 1000)), ct);
    }

    private static void Say(string what) => Console.Error.WriteLine($"  {what} ...");
}
