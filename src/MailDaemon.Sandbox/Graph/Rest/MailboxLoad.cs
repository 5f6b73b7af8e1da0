namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>How many requests of each mailbox run at the same time, parts of batches included. May be used from any thread.</summary>
internal sealed class MailboxLoad
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> running = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The most that ran at the same time.</summary>
    public int Peak { get; private set; }

    /// <returns>How many run now, this one included.</returns>
    public int Enter(string address)
    {
        lock (gate)
        {
            var count = running[address] = running.GetValueOrDefault(address) + 1;
            Peak = Math.Max(Peak, count);
            return count;
        }
    }

    public void Leave(string address)
    {
        lock (gate)
        {
            running[address]--;
        }
    }
}
