namespace MailDaemon.Protocols.Imap;

/// <summary>What is taken from a server, and how much is asked of it at once.</summary>
public sealed record ImapLimits
{
    /// <summary>The longest line in bytes; a SEARCH reply of a million hits fits. Longer ends the connection. Default 8 MiB.</summary>
    public int MaxLineBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Literals of one reply that are held in memory, in bytes; what exceeds it is skipped and the message marked. Default 16 MiB.</summary>
    public int MaxLiteralBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The longest literal that is waited for at all, in bytes; a longer one ends the connection. Default 4 GiB.</summary>
    public long MaxSkippedBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>The longest reply without its literals, in bytes, over all of its lines. Default 16 MiB.</summary>
    public int MaxReplyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Literals in one reply; more end the connection. Default 10,000.</summary>
    public int MaxLiterals { get; init; } = 10_000;

    /// <summary>How deep lists and body structures may be nested. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Parts of one body structure. Default 1,000.</summary>
    public int MaxParts { get; init; } = 1_000;

    /// <summary>Addresses in one field of an envelope; the rest is left out. Default 10,000.</summary>
    public int MaxAddresses { get; init; } = 10_000;

    /// <summary>Untagged replies to one command; more end the connection. Default 5,000,000.</summary>
    public int MaxReplies { get; init; } = 5_000_000;

    /// <summary>Bytes of the replies to one command that are not handed on as they come; more end the connection. Default 256 MiB.</summary>
    public long MaxAnswerBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Lines in a row that are no IMAP at all; more end the connection. Default 1,000.</summary>
    public int MaxJunkLines { get; init; } = 1_000;

    /// <summary>Mailboxes taken from one listing. Default 50,000.</summary>
    public int MaxMailboxes { get; init; } = 50_000;

    /// <summary>Flag changes and vanished ranges kept until they are taken; more set <see cref="ImapUpdates.Overflowed"/>. Default 100,000.</summary>
    public int MaxUpdates { get; init; } = 100_000;

    /// <summary>The longest UID set in one command, in bytes (RFC 7162 §4 allows 8,192 a line; RFC 2683 advises 1,000). Default 900.</summary>
    public int MaxSetBytes { get; init; } = 900;

    /// <summary>Commands sent before the first of them is answered; 1 never pipelines. Default 4.</summary>
    public int PipelineDepth { get; init; } = 4;

    /// <summary>Bytes asked for at once when a section is streamed. Default 1 MiB.</summary>
    public int ChunkBytes { get; init; } = 1024 * 1024;

    /// <summary>Measures the length of IDLE.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
