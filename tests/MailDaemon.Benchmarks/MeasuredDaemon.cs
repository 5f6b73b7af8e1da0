using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Benchmarks;

/// <summary>How long a first pass took, from the request that adds the account; null what this daemon does not tell.</summary>
internal sealed record FirstPass(TimeSpan Page, TimeSpan Cached, TimeSpan? Searchable);

/// <summary>The daemon as users run it: a process of its own with its data directory, asked over HTTPS on one connection that is kept.</summary>
internal sealed class MeasuredDaemon : IAsyncDisposable
{
    private const int PageSize = 50;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private readonly DaemonProcess _process;
    private readonly HttpClient _client;
    private readonly MailUser _user;

    private MeasuredDaemon(DaemonProcess process, MailUser user)
    {
        _process = process;
        _user = user;
        _client = process.NewClient();
        _client.Timeout = Timeout.InfiniteTimeSpan;
    }

    public Uri Address => _process.Address;

    /// <summary>What names the account in a query.</summary>
    public string Account => $"provider=imap&email={_user.Address}";

    /// <param name="listens">Whether it waits for push (IDLE); the timer is off so that it looks only when it is told to.</param>
    public static async Task<MeasuredDaemon> StartAsync(string dataDirectory, MailUser user, string authority, bool listens) =>
        new(await DaemonProcess.StartAsync(dataDirectory, "--Imap:AllowPrivateHosts=true", $"--Imap:TrustedCertificates={authority}", "--Sync:IntervalSeconds=86400", $"--Sync:Idle={listens}"), user);

    /// <summary>Adds the account and waits until all of the mailbox is in the cache, and can be searched.</summary>
    public async Task<FirstPass> AddAsync(MailTransport server, SeededMailbox mailbox, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        var smtp = new { host = "127.0.0.1", port = 1, security = "none" };
        var body = new { email = _user.Address, password = _user.Password, imap = server.Server, smtp, allowUnverifiedSmtp = true };
        await SendAsync(HttpMethod.Post, "/api/imap/accounts", body, ct);
        await UntilAsync(async () => (await ListAsync(PageSize, ct)).GetProperty("messages").GetArrayLength() == PageSize, ct);
        var page = Stopwatch.GetElapsedTime(since);
        await UntilAsync(async () => IsRested(await StatusAsync(ct)), ct);
        var cached = Stopwatch.GetElapsedTime(since);
        await RequireAllAsync(mailbox, ct);
        if (!(await StatusAsync(ct)).TryGetProperty("index", out _)) return new FirstPass(page, cached, null);
        await UntilAsync(async () => IsIndexed((await StatusAsync(ct)).GetProperty("index"), mailbox.Messages), ct);
        return new FirstPass(page, cached, Stopwatch.GetElapsedTime(since));
    }

    /// <summary>Runs a pass that must find so many messages new and gone, and returns how long the answer took.</summary>
    public async Task<TimeSpan> SyncAsync(int added, int removed, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        var result = await SendAsync(HttpMethod.Post, $"/api/sync?{Account}", null, ct);
        var took = Stopwatch.GetElapsedTime(since);
        if (result.GetProperty("added").GetInt32() != added || result.GetProperty("removed").GetInt32() != removed)
            throw new InvalidOperationException($"the pass should have found {added} new and {removed} gone: {result}");
        return took;
    }

    /// <summary>Waits until the inbox's newest message in the list is this one; the moment (<see cref="Stopwatch"/>) it was.</summary>
    public async Task<long> UntilListedAsync(string messageId, CancellationToken ct)
    {
        while ((await ListAsync(1, ct)).GetProperty("messages")[0].GetProperty("internetMessageId").GetString() != messageId)
            await Task.Delay(1, ct);
        return Stopwatch.GetTimestamp();
    }

    /// <summary>From now on the account's server is reached like this; what is cached stays.</summary>
    public Task ReconnectAsync(MailTransport server, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, $"/api/accounts/imap/{_user.Address}/settings", new { imap = server.Server, password = _user.Password }, ct);

    /// <summary>Waits for an agent's task; the moment (<see cref="Stopwatch"/>) it was given out.</summary>
    public async Task<long> UntilTaskAsync(string agent, CancellationToken ct)
    {
        while ((await SendAsync(HttpMethod.Get, $"/api/agents/{agent}/tasks?wait=30", null, ct)).GetProperty("tasks").GetArrayLength() == 0)
        {
            // Asked again.
        }

        return Stopwatch.GetTimestamp();
    }

    public Task<JsonElement> PostAsync(string path, object body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, ct);

    /// <summary>Processor time it has used, in seconds.</summary>
    public async Task<double> CpuAsync(CancellationToken ct)
    {
        const string Name = "process_cpu_seconds_total ";
        var line = (await ReadAsync("/metrics", ct)).Split('\n').First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>What memory it held at most is counted from now on.</summary>
    public void ForgetMostMemory() => ProcessMemory.ForgetMost(_process.Id);

    /// <summary>A reply as it comes.</summary>
    public async Task<string> ReadAsync(string path, CancellationToken ct)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? text : throw new InvalidOperationException($"GET {path}: {text}");
    }

    /// <summary>A caller beside those that wait, on a connection of its own.</summary>
    public HttpClient NewClient() => _process.NewClient();

    /// <summary>Memory it holds now and held at most, in bytes.</summary>
    public (long Now, long Most) Memory() => ProcessMemory.Read(_process.Id);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    private static bool IsRested(JsonElement status) => status.GetProperty("status").GetString() switch
    {
        "idle" => status.GetProperty("lastSyncTime").ValueKind != JsonValueKind.Null,
        "syncing" => false,
        _ => throw new InvalidOperationException($"the first pass failed: {status}"),
    };

    private static bool IsIndexed(JsonElement index, int messages) =>
        index.GetProperty("done").GetInt32() is var done && done == index.GetProperty("total").GetInt32() && done >= messages;

    private static async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken ct)
    {
        while (!await isSo()) await Task.Delay(Glance, ct);
    }

    private async Task RequireAllAsync(SeededMailbox mailbox, CancellationToken ct)
    {
        foreach (var folder in (await SendAsync(HttpMethod.Get, $"/api/imap/folders?email={_user.Address}", null, ct)).EnumerateArray())
        {
            var expected = mailbox.Folders.GetValueOrDefault(folder.GetProperty("path").GetString()!);
            if (folder.GetProperty("total").GetInt32() != expected) throw new InvalidOperationException($"there should be {expected} messages: {folder}");
        }
    }

    private Task<JsonElement> StatusAsync(CancellationToken ct) => SendAsync(HttpMethod.Get, $"/api/sync-status?{Account}", null, ct);

    private Task<JsonElement> ListAsync(int limit, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, $"/api/imap/messages?email={_user.Address}&folder=inbox&limit={limit}", null, ct);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _client.SendAsync(request, ct);
        var reply = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        return response.IsSuccessStatusCode ? reply.GetProperty("result") : throw new InvalidOperationException($"{method} {path}: {reply}");
    }
}
