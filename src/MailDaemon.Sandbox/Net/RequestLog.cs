namespace MailDaemon.Sandbox.Net;

/// <summary>What a server has seen, the last 100,000. May be used from any thread.</summary>
internal sealed class RequestLog<T>
{
    private const int MaxKept = 100_000;

    private readonly Lock gate = new();
    private readonly Queue<T> requests = new();

    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate)
            {
                return [.. requests];
            }
        }
    }

    public void Add(T request)
    {
        lock (gate)
        {
            requests.Enqueue(request);
            if (requests.Count > MaxKept)
            {
                requests.Dequeue();
            }
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            requests.Clear();
        }
    }
}
