namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>The limits of all that is said to Gmail.</summary>
internal static class GmailLimits
{
    /// <summary>Of one try, until its reply is read; of a reply that is streamed, until its head is there, then of each read.</summary>
    public static readonly TimeSpan Try = TimeSpan.FromSeconds(60);

    /// <summary>Of a call that a person waits for, all tries together.</summary>
    public static readonly TimeSpan PersonCall = TimeSpan.FromSeconds(60);

    /// <summary>Of a call of a pass, all tries together.</summary>
    public static readonly TimeSpan PassCall = TimeSpan.FromMinutes(3);

    /// <summary>Of a whole upload: 35 MB at 30 kB/s.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromMinutes(20);

    /// <summary>Tries of one call.</summary>
    public const int Tries = 6;

    /// <summary>Bytes of a reply that is read whole.</summary>
    public const int ReplyBytes = 48 * 1024 * 1024;

    /// <summary>Bytes of the reply to a batch.</summary>
    public const int BatchReplyBytes = 24 * 1024 * 1024;

    /// <summary>Bytes of a reply that says what is wrong.</summary>
    public const int ErrorBytes = 256 * 1024;

    /// <summary>Bytes of a mail or attachment that is streamed, decoded.</summary>
    public const long StreamedBytes = 256L * 1024 * 1024;
}
