using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>One call and its tries. It goes with the request through the handlers of the pipeline. One caller at a time.</summary>
internal sealed class GraphCall(RetryRule retry, DateTimeOffset deadline) : IDisposable
{
    private static readonly HttpRequestOptionsKey<GraphCall> Key = new("maildaemon.graph.call");

    public RetryRule Retry { get; } = retry;

    /// <summary>No try begins after it.</summary>
    public DateTimeOffset Deadline { get; } = deadline;

    /// <summary>The caller reads the body of a success as it comes, and disposes the call then.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>It goes to an address that Graph named, without the token.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>The caller holds the permits.</summary>
    public bool HasPermits { get; init; }

    /// <summary>Awaited before the first try goes, when all else is done; null when there is nothing to do.</summary>
    public Func<CancellationToken, Task>? HandOver { get; init; }

    /// <summary>From now on only the server's answer says whether the mail is accepted.</summary>
    public bool IsHandedOver { get; private set; }

    /// <summary>What the hand-over itself failed with.</summary>
    public Exception? HandOverFailure { get; private set; }

    /// <summary>A try was sent, and no answer has said what became of it.</summary>
    public bool MayHaveActed { get; set; }

    /// <summary>The token that the last try carried.</summary>
    public string? Token { get; set; }

    /// <summary>What a streamed reply keeps until it is read.</summary>
    public GraphPermit? Permit { get; set; }

    /// <summary>The call of a request; null when nobody gave it one.</summary>
    public static GraphCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var call) ? call : null;

    /// <summary>A request that makes something would make it twice; the others come to the same as once.</summary>
    public static RetryRule RuleOf(string method) =>
        method.Equals("POST", StringComparison.OrdinalIgnoreCase) ? RetryRule.IfRefused : RetryRule.Always;

    public void Attach(HttpRequestMessage request) => request.Options.Set(Key, this);

    public async Task HandOverAsync(CancellationToken ct)
    {
        if (HandOver is null || IsHandedOver)
            return;
        try
        {
            await HandOver(ct);
        }
        catch (Exception e)
        {
            HandOverFailure = e;
            throw;
        }

        IsHandedOver = true;
    }

    public void Dispose() => Permit?.Dispose();
}
