namespace MailDaemon.Sandbox.Gmail;

/// <summary>What the sandbox's Gmail starts with and how it behaves when nothing is made to fail.</summary>
public sealed record GmailServerOptions
{
    /// <summary>The users, at least one. Default: <see cref="SandboxUser.Gina"/>. They sign in by consent; their passwords open nothing.</summary>
    public IReadOnlyList<SandboxUser> Users { get; init; } = [SandboxUser.Gina];

    /// <summary>Whether the first user gets the sample mailbox, if the sandbox has one at all (<see cref="SandboxOptions.Seed"/>). Default true.</summary>
    public bool Seed { get; init; } = true;

    /// <summary>Further addresses that the users may send as, by the user's address. Default none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Quota units of a user in any 60 seconds; null for no limit, which is the default. Google gives new projects 6,000.</summary>
    public int? UnitsPerMinute { get; init; }

    /// <summary>Whether what is above the quota is answered 403 <c>userRateLimitExceeded</c> in place of 429 <c>rateLimitExceeded</c>. Default false.</summary>
    public bool AnswersQuotaWith403 { get; init; }

    /// <summary>Parts of a batch that run; those after them are answered 429 inside the batch. Default 100, which is Google's limit of a batch.</summary>
    public int MaxBatchPartsAtOnce { get; init; } = 100;

    /// <summary>Requests of a user that run at the same time; one more is answered 429. Default: no limit, as Google names none.</summary>
    public int MaxRequestsAtOnce { get; init; } = int.MaxValue;

    /// <summary>The largest message that messages.send and drafts take, in bytes. Default 35 MB, as Gmail.</summary>
    public int MaxMessageBytes { get; init; } = 36_700_160;

    /// <summary>Whether values of header fields come with their encoded words (RFC 2047) decoded; Google does not say which it is. Default true.</summary>
    public bool DecodesHeaders { get; init; } = true;

    /// <summary>How long an access token is good. Default 3,599 s, as Google.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromSeconds(3599);

    /// <summary>Whether a refresh gives another refresh token and ends the old one. Default false, as Google.</summary>
    public bool RotatesRefreshTokens { get; init; }

    /// <summary>How long an attachment's id is good after the message was read. Default one hour.</summary>
    public TimeSpan AttachmentIdLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The discovery document of Gmail API v1, against which each request is held; null for no check.</summary>
    public string? ContractPath { get; init; }
}
