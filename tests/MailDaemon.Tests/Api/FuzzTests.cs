using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

/// <summary>
/// Every route of the API document with every parameter and member put out of order: never a fault of ours, never Success for what was not
/// read. <c>scripts/fuzz.sh</c> runs it longer and with other seeds, by the environment variables below.
/// </summary>
public sealed class FuzzTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string SeedVariable = "MAILDAEMON_FUZZ_SEED";
    private const string MinutesVariable = "MAILDAEMON_FUZZ_MINUTES";
    private const int MaxShown = 20;
    private static readonly TimeSpan shortRun = TimeSpan.FromSeconds(20);

    private readonly ConcurrentBag<string> failures = [];

    [Fact]
    public async Task Odd_requests_are_refused_or_read_and_never_a_fault_of_ours()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable(SeedVariable) ?? "19", CultureInfo.InvariantCulture);
        var minutes = Environment.GetEnvironmentVariable(MinutesVariable);
        var end = minutes is null ? shortRun : TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture));
        var (kept, deleted) = (Values(await KeyAsync("合同已盖章 📄 请查收"), sandbox.Email), Values(await KeyAsync("到港通知：波士顿 HB-0921"), "gone@sandbox.test"));
        var cases = new FuzzCases(await AllRoutes.DocumentAsync(sandbox.App), route => route.Method == "DELETE" ? deleted : kept, Servers());
        var routes = (await AllRoutes.ReadAsync(sandbox.App)).Where(route => route.Method != "HEAD").ToList();
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();

        await RunAsync(routes.SelectMany(cases.WithUnknownNames), _ => true);
        var odd = routes.SelectMany(cases.WithOddValues).ToArray();
        random.Shuffle(odd);
        await RunAsync(odd, _ => watch.Elapsed < end);
        await RunAsync(Endless(() => cases.Random(routes, random)).TakeWhile(_ => watch.Elapsed < end), _ => true);

        failures.Order(StringComparer.Ordinal).Take(MaxShown).ShouldBeEmpty($"{failures.Count} requests, seed {seed}");
    }

    private async Task RunAsync(IEnumerable<FuzzCase> cases, Func<FuzzCase, bool> isWanted) =>
        await Parallel.ForEachAsync(cases.Where(isWanted), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, ct) => await TryAsync(one));

    private async Task TryAsync(FuzzCase one)
    {
        try
        {
            var reply = await SendAsync(one);
            if (Problem(one, reply) is { } problem)
                failures.Add($"{problem}: {one.What}\n{Short(one.Curl(sandbox.App.Address))}\n{reply.Status} {Short(reply.Text)}\n");
        }
        catch (TaskCanceledException)
        {
            failures.Add($"no answer: {one.What}\n{Short(one.Curl(sandbox.App.Address))}\n");
        }
    }

    /// <summary>A stream of events has no end: of it the status is enough.</summary>
    private async Task<Reply> SendAsync(FuzzCase one)
    {
        var client = sandbox.App.Client;
        using var request = new HttpRequestMessage(new HttpMethod(one.Method), one.Path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (one.Body is not null)
            request.Content = new StringContent(one.Body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return new Reply((int)response.StatusCode, isStream ? "" : await response.Content.ReadAsStringAsync(), new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private static string? Problem(FuzzCase one, Reply reply)
    {
        // A mail server that a request names need not be there.
        var isRemote = reply.Status is 502 or 503 or 504;
        if (reply.Status >= 500 && !isRemote)
            return "a fault of ours";
        if (reply.Status < 400)
            return one.IsRefused ? "Success for what nobody reads" : null;
        return IsEnvelope(reply.Text) ? null : "no envelope";
    }

    private static bool IsEnvelope(string text)
    {
        try
        {
            var root = JsonDocument.Parse(text).RootElement;
            return root.GetProperty("code").GetInt32() == 0 && root.GetProperty("error").GetString() is { Length: > 0 } && root.GetProperty("msg").GetString() is { Length: > 0 };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static IEnumerable<FuzzCase> Endless(Func<FuzzCase> next)
    {
        while (true)
            yield return next();
    }

    private async Task<string> KeyAsync(string subject) => (await sandbox.FindAsync(subject)).GetProperty("key").GetString()!;

    /// <summary>What makes the calls hit a message and an account, and none of them wait.</summary>
    private static Dictionary<string, string> Values(string key, string email) => new(StringComparer.Ordinal)
    {
        ["p"] = "imap",
        ["provider"] = "imap",
        ["email"] = email,
        ["id"] = key,
        ["messageId"] = key,
        ["mailId"] = key,
        ["key"] = key,
        ["attachmentId"] = "0",
        ["follow"] = "false",
        ["wait"] = "0",
    };

    private Dictionary<string, JsonNode> Servers() => new(StringComparer.Ordinal)
    {
        ["imap"] = JsonSerializer.SerializeToNode(sandbox.Imap)!,
        ["smtp"] = JsonSerializer.SerializeToNode(sandbox.Smtp)!,
    };

    private static string Short(string text) => text.Length <= 1500 ? text : $"{text[..1500]}… ({text.Length} characters)";
}
