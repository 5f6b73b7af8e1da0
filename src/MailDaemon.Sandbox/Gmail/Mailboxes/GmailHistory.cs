using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <summary>What one change did to one message.</summary>
/// <param name="Message">The message after the change; one that is gone as it was.</param>
internal sealed record GmailHistory(ulong Id, GmailMessage Message)
{
    public bool IsAdded { get; init; }

    public bool IsDeleted { get; init; }

    public ImmutableArray<string> LabelsAdded { get; init; } = [];

    public ImmutableArray<string> LabelsRemoved { get; init; } = [];
}
