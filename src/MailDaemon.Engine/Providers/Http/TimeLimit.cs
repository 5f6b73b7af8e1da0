namespace MailDaemon.Engine.Providers.Http;

/// <summary>A token that ends with another one, or after a time.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource timeout;
    private readonly CancellationTokenSource both;

    public TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        timeout = new CancellationTokenSource(limit, time);
        both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
    }

    public CancellationToken Token => both.Token;

    public void Dispose()
    {
        both.Dispose();
        timeout.Dispose();
    }
}
