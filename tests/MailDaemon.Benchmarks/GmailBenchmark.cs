using System.Diagnostics;
using System.Globalization;
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
            await using var daemon = await SandboxDaemon.StartGmailAsync(servers, isOverImap);
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
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        servers.Gmail.First.Deliver(LargeFile.Mail());
        await using var daemon = await SandboxDaemon.StartGmailAsync(servers, isOverImap: false);
        await LargeFile.MeasureAsync(servers, daemon);
        var refused = servers.Gmail.Requests.Where(request => request.Status is not (200 or 302 or 308)).Select(request => $"{request.Method} {request.Status}").ToList();
        if (refused.Count > 0)
            throw new InvalidOperationException($"refused: {string.Join(", ", refused)}");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
