namespace MailDaemon.Sandbox.Graph;

/// <summary>What the sandbox's Outlook starts with and how it behaves when nothing is made to fail.</summary>
public sealed record GraphServerOptions
{
    /// <summary>The users, at least one. Default: <see cref="SandboxUser.Olivia"/>. They sign in by consent; their passwords open nothing.</summary>
    public IReadOnlyList<SandboxUser> Users { get; init; } = [SandboxUser.Olivia];

    /// <summary>Whether the first user gets the sample mailbox, if the sandbox has one at all (<see cref="SandboxOptions.Seed"/>). Default true.</summary>
    public bool Seed { get; init; } = true;

    /// <summary>Requests of a mailbox that run at the same time, parts of batches included; one more is answered 429. Default 4, as Exchange Online.</summary>
    public int MaxRequestsAtOnce { get; init; } = 4;

    /// <summary>Whether <see cref="MaxRequestsAtOnce"/> holds; the peak is counted in any case. Default true.</summary>
    public bool EnforceConcurrency { get; init; } = true;

    /// <summary>Requests of a mailbox in any ten minutes, parts of batches included; null for no limit. Default 10,000, as Exchange Online.</summary>
    public int? RequestsPerTenMinutes { get; init; } = 10_000;

    /// <summary>Bytes that a mailbox takes up in any five minutes; null for no limit. Default 150 MB, as Exchange Online.</summary>
    public long? UploadBytesPerFiveMinutes { get; init; } = 157_286_400;

    /// <summary>Messages that a mailbox sends in any minute; null for no limit, which is the default. Exchange Online allows 30.</summary>
    public int? MessagesPerMinute { get; init; }

    /// <summary>The largest request but for pieces of uploads, in bytes. Default 4 MB, as Graph.</summary>
    public int MaxRequestBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message with its attachments, in bytes. Default 150 MB, as Exchange Online allows at most.</summary>
    public int MaxMessageBytes { get; init; } = 157_286_400;

    /// <summary>How long the links of delta queries are good. Microsoft promises nothing; default 30 days.</summary>
    public TimeSpan DeltaLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The most messages that a delta query with <c>$filter</c> gives in its first round. Default 5,000, as documented.</summary>
    public int MaxFilteredDelta { get; init; } = 5000;

    /// <summary>Whether the delta query of folders tells a folder whose numbers of messages changed; Microsoft does not say. Default false.</summary>
    public bool FolderDeltaTellsCounts { get; init; }

    /// <summary>Whether a folder that is deleted is moved below Deleted Items, as at Outlook.com; Microsoft does not say. Default true.</summary>
    public bool KeepsDeletedFolders { get; init; } = true;

    /// <summary>How long an access token that this server gave is good. Default 3,599 s, as Microsoft.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromSeconds(3599);

    /// <summary>How long an upload session is good. Default one hour.</summary>
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The OpenAPI document of Graph's mail, against which each request is held; null for no check.</summary>
    public string? ContractPath { get; init; }
}
