namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>When a request may be sent once more.</summary>
internal enum GmailRepeat
{
    /// <summary>Whoever calls sees to it.</summary>
    Never,

    /// <summary>Only when it surely was not acted upon: refused for its rate, or never sent.</summary>
    IfRefused,

    /// <summary>Whatever became of it, because twice is the same as once.</summary>
    Always,
}

/// <summary>One call and its tries. It goes with the request through the handlers of the pipeline. One caller at a time.</summary>
internal sealed class GmailCall(GmailLane lane, int units, GmailRepeat repeat, DateTimeOffset deadline)
{
    private static readonly HttpRequestOptionsKey<GmailCall> Key = new("maildaemon.gmail.call");

    public GmailLane Lane { get; } = lane;

    /// <summary>Quota units of one try.</summary>
    public int Units { get; } = units;

    public GmailRepeat Repeat { get; } = repeat;

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
