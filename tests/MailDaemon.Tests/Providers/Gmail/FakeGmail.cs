using System.Net;
using System.Text;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>What a server would get and answer, without a server: each request is written down and answered by the next of the answers.</summary>
internal sealed class FakeGmail : HttpMessageHandler
{
    private readonly Lock gate = new();
    private readonly Queue<Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>> answers = [];

    public List<SeenRequest> Seen { get; } = [];

    /// <summary>Answers whatever no answer was prepared for.</summary>
    public Func<SeenRequest, HttpResponseMessage>? Otherwise { get; init; }

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Error(int status, string reason, string message = "No.", int? retryAfter = null)
    {
        var response = Json(ErrorBody(status, reason, message), (HttpStatusCode)status);
        if (retryAfter is { } seconds)
            response.Headers.Add("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return response;
    }

    public static string ErrorBody(int status, string reason, string message = "No.") =>
        $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","errors":[{"message":"{{{message}}}","domain":"global","reason":"{{{reason}}}"}]}}""";

    public FakeGmail Answers(HttpResponseMessage response) => Answers((_, _) => Task.FromResult(response));

    public FakeGmail Answers(Func<SeenRequest, HttpResponseMessage> answer) => Answers((request, _) => Task.FromResult(answer(request)));

    public FakeGmail Answers(Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        lock (gate)
            answers.Enqueue(answer);
        return this;
    }

    public FakeGmail Fails(Exception e) => Answers((_, _) => Task.FromException<HttpResponseMessage>(e));

    public GmailClient Client(TimeProvider? time = null, IAccessTokens? tokens = null, int unitsPerMinute = 1_000_000, string url = "https://gmail.test") =>
        new(new GmailOptions { ApiBaseUrl = url, UnitsPerMinute = unitsPerMinute }, tokens ?? new FakeTokens(), this, time ?? new HastyClock());

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new SeenRequest(
            request.Method.Method,
            request.RequestUri!.AbsoluteUri,
            request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase),
            request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
        Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>? answer;
        lock (gate)
        {
            Seen.Add(seen);
            answers.TryDequeue(out answer);
        }

        if (answer is not null)
            return await answer(seen, cancellationToken);
        return Otherwise?.Invoke(seen) ?? throw new InvalidOperationException($"No answer for {seen.Method} {seen.Url}");
    }
}

/// <summary>One request as it went over the wire.</summary>
internal sealed record SeenRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public override string ToString() => $"{Method} {Url}";
}

/// <summary>Tokens <c>token-1</c>, <c>token-2</c> and so on: each refresh brings the next.</summary>
internal sealed class FakeTokens : IAccessTokens
{
    private int number = 1;

    public List<string> Refused { get; } = [];

    public Task<string> GetAccessTokenAsync(CancellationToken ct) => Task.FromResult("token-" + number);

    public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct)
    {
        Refused.Add(refused);
        number++;
        return GetAccessTokenAsync(ct);
    }
}

/// <summary>Time in which every wait is over at once and is counted: the pauses between tries cost a test nothing. Limits of a minute and more never end.</summary>
internal sealed class HastyClock : TimeProvider
{
    private readonly ManualClock clock = new();

    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime >= TimeSpan.FromMinutes(1))
            return clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (Waits)
            Waits.Add(dueTime);
        clock.Advance(dueTime);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
