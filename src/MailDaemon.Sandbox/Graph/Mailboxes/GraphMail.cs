namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>A message to be put into a mailbox.</summary>
/// <param name="Raw">The message as it is delivered, headers included.</param>
public sealed record GraphMail(ReadOnlyMemory<byte> Raw)
{
    /// <summary>A well-known name or the id of a folder. Default: the inbox.</summary>
    public string Folder { get; init; } = "inbox";

    public bool IsRead { get; init; }

    public bool IsDraft { get; init; }

    public GraphFlag Flag { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Null: what the header says.</summary>
    public string? Importance { get; init; }

    /// <summary>Null for now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    internal (long Key, int Verb)? Answers { get; init; }

    /// <summary>What the folders of the sandbox call it; null for a new one.</summary>
    internal string? EmailId { get; init; }
}
