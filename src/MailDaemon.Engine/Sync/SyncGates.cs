using System.Collections.Concurrent;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// Lets one at a time put into an account's cache what was read from the server. A pass enters for each page it applies, a fetch from
/// before it reads until it has applied: a page that was read before a removal is thus never stored after it, and would stay for ever.
/// </summary>
public sealed class SyncGates
{
    private readonly ConcurrentDictionary<AccountKey, SemaphoreSlim> gates = new();

    /// <summary>Waits for the others; leave by disposing.</summary>
    public async Task<IDisposable> EnterAsync(AccountKey account, CancellationToken ct)
    {
        var gate = gates.GetOrAdd(account, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(ct);
        return new Stay(gate);
    }

    private sealed class Stay(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
