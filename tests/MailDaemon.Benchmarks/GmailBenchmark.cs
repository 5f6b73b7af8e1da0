using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;

namespace MailDaemon.Benchmarks;

/// <summary>
/// First passes over the sandbox's Gmail, over the API and over IMAP: time, requests, quota units, and whether both bring the same; then a
/// large attachment each way. The quota is off, so that the time is that of the work; what Google's quota makes of it is told beside it.
/// </summary>
internal static class GmailBenchmark
{
    /// <summary>Google's quota of a user for new projects.</summary>
    private const int UnitsPerMinute = 6_000;

    private const int Megabytes = 20;
    private const string FileName = "large.bin";

    /// <param name="sizes">Messages of the mailbox, at least 100.</param>
    public static async Task RunAsync(IReadOnlyList<int> sizes)
    {
        Console.WriteLine($"the sample mailbox and small plain mail; load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}\n");
        foreach (var messages in sizes)
            await FirstPassesAsync(messages);
        await FilesAsync();
    }

    private static async Task FirstPassesAsync(int messages)
    {
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        servers.Gmail.First.Fill(messages - servers.Gmail.First.Messages.Count);
        Dictionary<string, string>? before = null;
        foreach (var isOverImap in (bool[])[false, true])
        {
            servers.Gmail.ClearRequests();
            await using var daemon = await GmailDaemon.StartAsync(servers, isOverImap);
            var (page, cached) = await daemon.SignInAsync();
            var requests = servers.Gmail.Requests.Where(request => request.Method.StartsWith("gmail.", StringComparison.Ordinal)).ToList();
            var (units, batches) = (requests.Sum(request => request.Units), servers.Gmail.Requests.Count(request => request.Method == "batch"));
            Say($"{messages:N0} messages over {(isOverImap ? "IMAP" : "the API")}: first page after {Report.Seconds(page.TotalSeconds)}, all after {Report.Seconds(cached.TotalSeconds)}, {Report.Megabytes(ProcessMemory.Read(daemon.Id).Most)} at most");
            Say($"  {units:N0} units, {(double)units / UnitsPerMinute:0.0} min at {UnitsPerMinute:N0} a minute; {requests.Count(request => !request.IsBatchPart) + batches:N0} requests, {batches:N0} of them batches");
            foreach (var method in requests.GroupBy(request => request.Method).OrderByDescending(group => group.Sum(request => request.Units)))
                Say($"  {method.Key["gmail.users.".Length..]}: {method.Count():N0}, {method.Sum(request => request.Units):N0} units");
            if (isOverImap)
                Say($"  IMAP: {servers.GmailImapCounters.CountOf("FETCH"):N0} FETCH, {servers.GmailImapCounters.CountOf("SELECT") + servers.GmailImapCounters.CountOf("EXAMINE"):N0} SELECT");

            servers.Gmail.ClearRequests();
            var since = Stopwatch.GetTimestamp();
            await daemon.SyncAsync();
            Say($"  a pass with nothing new: {Report.Seconds(Stopwatch.GetElapsedTime(since).TotalSeconds)}, {string.Join(", ", servers.Gmail.Requests.Select(request => request.Method["gmail.users.".Length..]))}");
            var items = await daemon.ItemsAsync();
            Say($"  {items.Count:N0} messages in the list, {await daemon.DifferencesAsync()} differences from the server");
            if (before is not null)
                Say($"  {before.Count(item => items.GetValueOrDefault(item.Key) != item.Value) + items.Keys.Except(before.Keys).Count()} of them are not what the API brought");
            before = items;
        }
    }

    private static async Task FilesAsync()
    {
        var bytes = new byte[Megabytes << 20];
        new Random(Megabytes).NextBytes(bytes);
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        servers.Gmail.First.Deliver(Mail(bytes));
        await using var daemon = await GmailDaemon.StartAsync(servers, isOverImap: false);
        await daemon.SignInAsync();
        var key = (await daemon.ListAsync(0, 1)).GetProperty("messages")[0].GetProperty("key").GetString();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(daemon.Data, "downloads")).FullName, FileName);
        await File.WriteAllBytesAsync(path, bytes);

        await MeasureAsync(daemon, "read", async () =>
        {
            await using var body = await daemon.StreamAsync($"/api/attachments?key={key}&attachmentId=0");
            Require((await SHA256.HashDataAsync(body)).AsSpan().SequenceEqual(SHA256.HashData(bytes)), "other bytes came");
        });
        await MeasureAsync(daemon, "sent from a file", async () =>
        {
            var sent = await daemon.SendAsync(HttpMethod.Post, "/api/gmail/send", new
            {
                email = daemon.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "large", body = "text", attachments = new[] { new { filename = FileName, path } },
            });
            Require(sent.GetProperty("status").GetString() == "sent" && servers.Accepted[^1].Raw.Length > Megabytes * 1.3 * (1 << 20), $"less was sent than there is: {sent}");
        });
        var refused = servers.Gmail.Requests.Where(request => request.Status is not (200 or 302 or 308)).Select(request => $"{request.Method} {request.Status}").ToList();
        Require(refused.Count == 0, $"refused: {string.Join(", ", refused)}");
    }

    private static async Task MeasureAsync(GmailDaemon daemon, string work, Func<Task> run)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        ProcessMemory.ForgetMost(daemon.Id);
        var (before, since) = (ProcessMemory.Read(daemon.Id).Now, Stopwatch.GetTimestamp());
        await run();
        Say($"{Megabytes} MB {work}: {Report.Megabytes(ProcessMemory.Read(daemon.Id).Most - before)} more memory, {Report.Seconds(Stopwatch.GetElapsedTime(since).TotalSeconds)}");
    }

    private static void Require(bool isSo, string what)
    {
        if (!isSo)
            throw new InvalidOperationException(what);
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static byte[] Mail(byte[] file) => Encoding.ASCII.GetBytes(
        "From: a@mail.test\r\nTo: b@mail.test\r\nSubject: large\r\nMessage-ID: <large@mail.test>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\ntext\r\n"
        + $"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename={FileName}\r\n\r\n{Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks)}\r\n--b--\r\n");
}
