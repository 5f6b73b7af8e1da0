using System.Collections.Concurrent;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Agents;

/// <summary>
/// An agent's or anybody's endpoint for hooks on a free port of loopback: takes each request, remembers it, and answers as it is told, or
/// takes it and drops the connection.
/// </summary>
public sealed class HookEndpoint : IAsyncDisposable
{
    private readonly HttpListening listening;
    private readonly ConcurrentQueue<HttpCall> calls = new();
    private readonly ConcurrentQueue<int> answers = new();

    public HookEndpoint() => listening = new HttpListening((call, _) => Task.FromResult(Take(call)));

    /// <summary>An answer of this status is none: the connection is dropped.</summary>
    public const int Drop = 0;

    /// <summary>Without a path.</summary>
    public string Url => listening.Url;

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<HttpCall> Calls => [.. calls];

    /// <summary>The status that requests are answered with for which nothing else was armed.</summary>
    public int Answer { get; set; } = 200;

    /// <summary>The next requests are answered so, one each; 3xx points elsewhere on this endpoint.</summary>
    public void Arm(params int[] statuses)
    {
        foreach (var status in statuses)
            answers.Enqueue(status);
    }

    public ValueTask DisposeAsync() => listening.DisposeAsync();

    private HttpAnswer? Take(HttpCall call)
    {
        calls.Enqueue(call);
        var status = answers.TryDequeue(out var armed) ? armed : Answer;
        return status == Drop ? null : new HttpAnswer(status, [], status is >= 300 and < 400 ? Url + "/elsewhere" : null);
    }
}
