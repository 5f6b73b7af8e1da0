using System.Diagnostics;
using System.Globalization;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph;

namespace MailDaemon.Benchmarks;

/// <summary>
/// A first pass over the sandbox's Outlook, passes with nothing new and with changes, and a large attachment each way, with Outlook's own limits:
/// requests, time and memory, beside Microsoft's SDK alone. Then what the daemon takes to start without and with an account.
/// </summary>
internal static class OutlookBenchmark
{
    private const int Changed = 100;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <param name="sizes">Messages of the mailbox, at least 1,000.</param>
    public static async Task RunAsync(IReadOnlyList<int> sizes)
    {
        Console.WriteLine($"mail in twelve folders, a quarter with a file; load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}\n");
        foreach (var messages in sizes)
            await PassesAsync(messages);
        await FilesAsync();
        await DaemonStart.MeasureAsync();
    }

    private static async Task PassesAsync(int messages)
    {
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = false }, TimeProvider.System, CancellationToken.None);
        var graph = servers.Graph;
        var mailbox = new OutlookMailbox(graph.First, messages);
        await using (var daemon = await SandboxDaemon.StartOutlookAsync(servers))
        {
            var before = daemon.Processor;
            var (page, cached) = await daemon.SignInAsync();
            Say($"{messages:N0} messages: first page after {Report.Seconds(page.TotalSeconds)}, all after {Report.Seconds(cached.TotalSeconds)}, {Report.Seconds((daemon.Processor - before).TotalSeconds)} of a processor");
            Say($"  {RequestsOf(graph)}");
            var most = ProcessMemory.Read(daemon.Id).Most;
            await Task.Delay(Rest);
            Say($"  {Report.Megabytes(most)} at most, {Report.Megabytes(ProcessMemory.Read(daemon.Id).Now)} at rest");
            foreach (var (work, change) in mailbox.Changes(Changed))
            {
                change();
                graph.ClearRequests();
                var since = Stopwatch.GetTimestamp();
                var result = await daemon.SyncAsync();
                Say($"{(work == "nothing" ? "" : $"{Changed} ")}{work}: {Report.Seconds(Stopwatch.GetElapsedTime(since).TotalSeconds)}, {result.GetProperty("added")} added, {result.GetProperty("removed")} removed");
                Say($"  {RequestsOf(graph)}");
            }

            var items = await daemon.ItemsAsync();
            Say($"{items.Count:N0} messages in the list, {await daemon.DifferencesAsync()} differences from the server; {graph.PeakRequests} requests at once at most");
        }

        graph.ClearRequests();
        var (read, seconds, processor, memory) = await BareGraph.MeasureAsync(graph.BaseUrl, graph.AccessToken(graph.First.Address));
        Say($"the SDK alone: {read:N0} messages after {Report.Seconds(seconds)}, {Report.Seconds(processor)} of a processor, {Report.Megabytes(memory)} at most");
        Say($"  {RequestsOf(graph)}");
    }

    private static async Task FilesAsync()
    {
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        servers.Graph.First.Deliver(LargeFile.Mail());
        await using var daemon = await SandboxDaemon.StartOutlookAsync(servers);
        await LargeFile.MeasureAsync(servers, daemon);
        Say($"  {RequestsOf(servers.Graph)}");
    }

    /// <summary>What was asked for since the log was cleared, and whether all was as it should be.</summary>
    private static string RequestsOf(GraphServer graph)
    {
        var requests = graph.Requests;
        var parts = requests.Where(request => request.IsBatchPart).ToList();
        var counts = requests.GroupBy(request => (request.Operation, request.IsBatchPart)).OrderByDescending(group => group.Count())
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key.Operation}{(group.Key.IsBatchPart ? " (part)" : "")} {group.Count():N0}"));
        var refused = requests.Count(request => request.Status is not (>= 200 and < 300));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{requests.Count - parts.Count:N0} requests, {parts.Count:N0} parts of batches, {refused} refused, {graph.RequestsWithoutImmutableId.Count} without immutable ids: {string.Join(", ", counts)}");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
