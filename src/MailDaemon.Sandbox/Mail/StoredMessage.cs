using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Mail;

/// <summary>A message in a folder as it is at one moment. A change of its flags makes a new record with a higher <see cref="ModSeq"/>.</summary>
public sealed record StoredMessage
{
    /// <summary>1 or more, never used twice within a folder's UIDVALIDITY.</summary>
    public required uint Uid { get; init; }

    /// <summary>The message as it was delivered, headers included.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>System flags (<c>\Seen</c>) and keywords, not case-sensitive.</summary>
    public required ImmutableSortedSet<string> Flags { get; init; }

    public required DateTimeOffset InternalDate { get; init; }

    /// <summary>The folder's modification sequence at the last change of this message (RFC 7162).</summary>
    public required long ModSeq { get; init; }

    /// <summary>Names the content: it stays when the message is copied or moved (RFC 8474).</summary>
    public required string EmailId { get; init; }

    /// <summary>Names the conversation, within the user (RFC 8474).</summary>
    public required string ThreadId { get; init; }

    internal bool Has(string flag) => Flags.Contains(flag);
}
