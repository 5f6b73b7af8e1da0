using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>One call and its tries. It goes with the request through the handlers of the pipeline. One caller at a time.</summary>
internal sealed class GmailCall(GmailLane lane, int units, RetryRule repeat, DateTimeOffset deadline)
{
    private static readonly HttpRequestOptionsKey<GmailCall> Key = new("maildaemon.gmail.call");

    public GmailLane Lane { get; } = lane;

    /// <summary>Quota units of one try.</summary>
    public int Units { get; } = units;

    public RetryRule Repeat { get; } = repeat;

    /// <summary>No try begins after it.</summary>
    public DateTimeOffset Deadline { get; } = deadline;

    /// <summary>The caller reads the body of a success as it comes.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Most bytes of a reply that is read whole.</summary>
    public int MaxBytes { get; init; } = GmailLimits.ReplyBytes;

    /// <summary>Tries that failed.</summary>
    public int FailedTries { get; set; }

    /// <summary>Of the server's last refusal; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>A try ended without an answer that says whether it was acted upon.</summary>
    public bool MayHaveActed { get; set; }

    /// <summary>What took the place of a token that was refused; null when none was.</summary>
    public string? RefreshedToken { get; set; }

    public static GmailCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var call) ? call : null;

    public void Attach(HttpRequestMessage request) => request.Options.Set(Key, this);
}
