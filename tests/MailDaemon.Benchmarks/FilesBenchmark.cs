using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Smtp;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Benchmarks;

/// <summary>Attachments of many megabytes, from a real Dovecot to the caller and from a file to a mail server: the daemon's memory must not grow with them.</summary>
internal sealed class FilesBenchmark(MailUser user, DaemonProcess daemon, SandboxServers servers, string data, int megabytes) : IDisposable
{
    public const string Conditions = "TLS on loopback; how much more memory than at rest the daemon held at most, and how long it took; medians.";
    private const string FileName = "large.bin";
    private const long MostGrowth = 48 << 20;

    private readonly HttpClient _client = daemon.NewClient();
    private readonly byte[] _hash = SHA256.HashData(Bytes(megabytes));
    private readonly List<(string Work, Samples Memory, Samples Time)> _figures = [];

    public static long Needs(int megabytes, int rounds) => megabytes * (long)(8 << 20);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(DovecotServer dovecot, int megabytes, BenchmarkMail mail, int rounds, CancellationToken ct)
    {
        var user = dovecot.AddUser("bench", "secret");
        Console.WriteLine($"{megabytes} MB");
        await dovecot.DeliverAsync(user, "INBOX", Mail(megabytes), ct: ct);
        var options = new SandboxOptions { Seed = false, Users = [new SandboxUser(user.Address, user.Password, "")], Smtp = new SmtpServerOptions { MaxMessageBytes = int.MaxValue } };
        await using var servers = await SandboxServers.StartAsync(options, TimeProvider.System, ct);
        var data = Directory.CreateTempSubdirectory("ours-").FullName;
        var authorities = Path.Combine(data, "authorities.pem");
        await File.WriteAllTextAsync(authorities, await File.ReadAllTextAsync(dovecot.CaPemPath, ct) + "\n" + servers.CaPem, ct);
        await using var daemon = await DaemonProcess.StartAsync(
            data, "--Imap:AllowPrivateHosts=true", $"--Imap:TrustedCertificates={authorities}", "--Sync:IntervalSeconds=86400", "--Sync:Idle=false");
        using var benchmark = new FilesBenchmark(user, daemon, servers, data, megabytes);
        await benchmark.RunAsync(dovecot, rounds, ct);
        return [.. benchmark._figures.Select(f => new Figure(
            f.Work, $"{Report.Megabytes(f.Memory.Median)} in {Report.Seconds(f.Time.Median)}", "", "", "", $"≤ {Report.Megabytes(MostGrowth)} more", f.Memory.Median <= MostGrowth))];
    }

    public void Dispose() => _client.Dispose();

    private async Task RunAsync(DovecotServer dovecot, int rounds, CancellationToken ct)
    {
        await SendAsync(HttpMethod.Post, "/api/imap/accounts", new
        {
            email = user.Address,
            password = user.Password,
            imap = MailTransport.Tls(dovecot).Server,
            smtp = new { host = "127.0.0.1", port = servers.SmtpPort, secure = true },
        }, ct);
        await SendAsync(HttpMethod.Post, $"/api/sync?provider=imap&email={user.Address}", null, ct);
        var list = await SendAsync(HttpMethod.Get, $"/api/imap/messages?email={user.Address}&limit=1", null, ct);
        var key = list.GetProperty("messages")[0].GetProperty("key").GetString();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(data, "downloads")).FullName, FileName);
        await File.WriteAllBytesAsync(path, Bytes(megabytes), ct);
        for (var round = 0; round < rounds; round++)
        {
            // Kept on the disk once it was read: the server is asked in each round.
            foreach (var kept in Directory.EnumerateFiles(Path.Combine(data, "imap", user.Address, "attachments"))) File.Delete(kept);
            await MeasureAsync("read from the server", () => ReadAsync($"/api/attachments?key={key}&attachmentId=0", ct), ct);
            await MeasureAsync("read again", () => ReadAsync($"/api/attachments?key={key}&attachmentId=0", ct), ct);
            await MeasureAsync("saved to the disk", () => SendAsync(HttpMethod.Post, "/api/attachments/save", new { key, attachmentId = "0" }, ct), ct);
            await MeasureAsync("sent from a file", () => PostAsync(path, ct), ct);
            await MeasureAsync("forwarded", () => ForwardAsync(key!, ct), ct);
        }
    }

    private async Task ReadAsync(string path, CancellationToken ct)
    {
        await using var body = await _client.GetStreamAsync(new Uri(path, UriKind.Relative), ct);
        if (!(await SHA256.HashDataAsync(body, ct)).AsSpan().SequenceEqual(_hash)) throw new InvalidOperationException("other bytes came");
    }

    private Task PostAsync(string path, CancellationToken ct) => SentAsync("/api/imap/send", new
    {
        email = user.Address,
        toRecipients = new[] { new { address = user.Address } },
        subject = "large",
        body = "text",
        attachments = new[] { new { filename = FileName, path } },
    }, ct);

    private Task ForwardAsync(string key, CancellationToken ct) => SentAsync("/api/imap/forward", new { key, toRecipients = new[] { new { address = user.Address } }, body = "text" }, ct);

    private async Task SentAsync(string route, object mail, CancellationToken ct)
    {
        var before = servers.Accepted.Count;
        var reply = await SendAsync(HttpMethod.Post, route, mail, ct);
        if (reply.GetProperty("status").GetString() != "sent" || servers.Accepted.Count != before + 1) throw new InvalidOperationException($"not sent: {reply}");
        if (servers.Accepted[^1].Raw.Length < megabytes * 1.3 * (1 << 20)) throw new InvalidOperationException("less was sent than there is");
    }

    private async Task MeasureAsync(string work, Func<Task> run, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), ct);
        ProcessMemory.ForgetMost(daemon.Id);
        var before = ProcessMemory.Read(daemon.Id).Now;
        var since = Stopwatch.GetTimestamp();
        await run();
        var took = Stopwatch.GetElapsedTime(since);
        if (_figures.Find(f => f.Work == work) is not { Work: not null } figure) _figures.Add(figure = (work, new Samples(), new Samples()));
        figure.Memory.Add(ProcessMemory.Read(daemon.Id).Most - before);
        figure.Time.Add(took);
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _client.SendAsync(request, ct);
        var reply = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        return response.IsSuccessStatusCode ? reply.GetProperty("result") : throw new InvalidOperationException($"{method} {path}: {reply}");
    }

    private static byte[] Bytes(int megabytes)
    {
        var bytes = new byte[megabytes << 20];
        new Random(megabytes).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mail(int megabytes) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"From: a@mail.test\r\nTo: bench@mail.test\r\nSubject: large\r\nMessage-ID: <large-{megabytes}@mail.test>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\ntext\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename={FileName}\r\n\r\n{Convert.ToBase64String(Bytes(megabytes), Base64FormattingOptions.InsertLineBreaks)}\r\n--b--\r\n"));
}
