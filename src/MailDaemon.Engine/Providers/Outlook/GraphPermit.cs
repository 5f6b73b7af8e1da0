namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>The right to have requests at a mailbox, given back once when it is disposed. Thread-safe.</summary>
internal sealed class GraphPermit(GraphPermits owner, int count) : IDisposable
{
    private int held = count;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref held, 0) is > 0 and var given)
            owner.Return(given);
    }
}
