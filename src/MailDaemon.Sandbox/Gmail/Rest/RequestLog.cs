namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>What the server has seen, the last 100,000. May be used from any thread.</summary>
internal sealed class RequestLog
{
    private const int MaxKept = 100_000;

    private readonly Lock gate = new();
    private readonly Queue<GmailRequest> requests = new();

    public IReadOnlyList<GmailRequest> All
    {
        get
        {
            lock (gate)
            {
                return [.. requests];
            }
        }
    }

    public void Add(GmailRequest request)
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
