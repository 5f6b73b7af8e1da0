namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <summary>A message to be put into a mailbox.</summary>
/// <param name="Raw">The message as it is delivered, headers included.</param>
public sealed record GmailMail(ReadOnlyMemory<byte> Raw)
{
    /// <summary>Ids of labels that exist. Default: INBOX and UNREAD.</summary>
    public IReadOnlyList<string> LabelIds { get; init; } = ["INBOX", "UNREAD"];

    /// <summary>Null for now.</summary>
    public DateTimeOffset? InternalDate { get; init; }
}
