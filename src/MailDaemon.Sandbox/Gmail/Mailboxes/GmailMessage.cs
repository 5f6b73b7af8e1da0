using System.Collections.Immutable;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <summary>A message of a Gmail mailbox as it is at one moment. A change of its labels makes a new record with a higher <see cref="HistoryId"/>.</summary>
public sealed record GmailMessage
{
    /// <summary>16 hexadecimal digits; never used twice, and never another for the same message.</summary>
    public string Id => GmailIds.Hex(EmailId);

    /// <summary>The id of the first message of the conversation.</summary>
    public string ThreadId => GmailIds.Hex(Thread);

    /// <summary>The message as it was delivered, headers included.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    public required DateTimeOffset InternalDate { get; init; }

    public required ImmutableSortedSet<string> LabelIds { get; init; }

    /// <summary>The history record that changed it last.</summary>
    public ulong HistoryId { get; init; }

    /// <summary>The id that IMAP's folders know it by.</summary>
    internal string EmailId { get; init; } = "";

    /// <summary>The conversation as IMAP's folders know it.</summary>
    internal string Thread { get; init; } = "";

    internal bool Has(string labelId) => LabelIds.Contains(labelId);
}
