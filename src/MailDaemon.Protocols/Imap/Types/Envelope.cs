namespace MailDaemon.Protocols.Imap;

/// <summary>
/// The envelope of a message as the server read it (RFC 9051 §7.5.2). Texts are as in the header: encoded words are not decoded,
/// bytes that are no UTF-8 appear as Latin-1 characters so that none is lost.
/// </summary>
public sealed record Envelope
{
    public string? Date { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<EnvelopeAddress> From { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> Sender { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> ReplyTo { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> To { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> Cc { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> Bcc { get; init; } = [];

    public string? InReplyTo { get; init; }

    /// <summary>With its angle brackets.</summary>
    public string? MessageId { get; init; }
}

/// <summary>An address of an envelope. Without a host it opens the group named by <paramref name="Mailbox"/>; without both it ends one.</summary>
public sealed record EnvelopeAddress(string? Name, string? Mailbox, string? Host)
{
    public bool IsGroupStart => Host is null && Mailbox is not null;

    public bool IsGroupEnd => Host is null && Mailbox is null;

    /// <summary><c>mailbox@host</c>; null for the borders of a group.</summary>
    public string? Address => Host is null ? null : $"{Mailbox}@{Host}";
}
