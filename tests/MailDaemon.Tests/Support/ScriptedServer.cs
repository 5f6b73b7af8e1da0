using System.Text;

namespace MailDaemon.Tests.Support;

/// <summary>What a server would get and answer, without a server: each request is written down and answered by the next of the answers.</summary>
internal abstract class ScriptedServer<TSelf> : HttpMessageHandler
    where TSelf : ScriptedServer<TSelf>
{
    private readonly Lock gate = new();
    private readonly Queue<Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>> answers = [];

    public List<SeenRequest> Seen { get; } = [];

    /// <summary>Answers whatever no answer was prepared for.</summary>
    public Func<SeenRequest, HttpResponseMessage>? Otherwise { get; init; }

    public TSelf Answers(HttpResponseMessage response) => Answers((_, _) => Task.FromResult(response));

    public TSelf Answers(Func<SeenRequest, HttpResponseMessage> answer) => Answers((request, _) => Task.FromResult(answer(request)));

    public TSelf Answers(Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        lock (gate)
            answers.Enqueue(answer);
        return (TSelf)this;
    }

    public TSelf Fails(Exception e) => Answers((_, _) => Task.FromException<HttpResponseMessage>(e));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _ = request.Content?.Headers.ContentLength; // It is among the headers only when it has been asked for.
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
