namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>The limits of all that is said to Microsoft Graph.</summary>
internal static class GraphLimits
{
    /// <summary>Of one try, until its reply is read; of a reply that is streamed, until its head is there, then of each read.</summary>
    public static readonly TimeSpan Try = TimeSpan.FromSeconds(60);

    /// <summary>Of a call, all tries and waits together; of a batch, as long as none of its parts is answered.</summary>
    public static readonly TimeSpan Call = TimeSpan.FromSeconds(90);

    /// <summary>Of the upload of one attachment: 150 MB at 125 kB/s.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromMinutes(20);

    /// <summary>Tries of one call, or of one part of a batch.</summary>
    public const int Tries = 6;

    /// <summary>Requests to a mailbox that Outlook serves at once (Graph, "Outlook service limits": four concurrent requests).</summary>
    public const int AtOnce = 4;

    /// <summary>Requests of a batch (Graph, "Combine multiple HTTP requests using JSON batching").</summary>
    public const int BatchParts = 20;

    /// <summary>Bytes of a reply that is read whole.</summary>
    public const int ReplyBytes = 32 * 1024 * 1024;

    /// <summary>Bytes of a reply that says what is wrong.</summary>
    public const int ErrorBytes = 256 * 1024;

    /// <summary>Bytes of a mail or attachment that is streamed.</summary>
    public const long StreamedBytes = 256L * 1024 * 1024;

    /// <summary>Bytes of an attachment that goes in one request (Graph, "Attach large files to Outlook messages or events"): in base64 with its JSON below 4 MiB.</summary>
    public const long OneRequestBytes = 3_000_000;

    /// <summary>Bytes of a part of an upload: a multiple of 320 KiB, below 4 MB.</summary>
    public const int ChunkBytes = 10 * 320 * 1024;

    /// <summary>Levels of JSON within a reply.</summary>
    public const int JsonDepth = 64;
}
