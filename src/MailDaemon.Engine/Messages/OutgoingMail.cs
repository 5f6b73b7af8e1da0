using System.Collections.Frozen;

namespace MailDaemon.Engine.Messages;

/// <summary>A mail to be sent, before it has a form on any wire.</summary>
public sealed record OutgoingMail
{
    public required EmailAddress From { get; init; }

    public IReadOnlyList<EmailAddress> To { get; init; } = [];

    public IReadOnlyList<EmailAddress> Cc { get; init; } = [];

    /// <summary>Receive it without being named in it; the copy in Sent keeps them.</summary>
    public IReadOnlyList<EmailAddress> Bcc { get; init; } = [];

    public required string Subject { get; init; }

    public required string Body { get; init; }

    /// <summary>Whether <see cref="Body"/> is HTML; a plain text alternative is then made from it.</summary>
    public required bool IsHtml { get; init; }

    public IReadOnlyList<OutgoingAttachment> Attachments { get; init; } = [];

    /// <summary>Ours, fixed before the first try, with angle brackets.</summary>
    public required string MessageId { get; init; }

    public required DateTimeOffset Date { get; init; }

    public string? InReplyTo { get; init; }

    public IReadOnlyList<string> References { get; init; } = [];

    /// <inheritdoc cref="MailEnvelope.ThreadId"/>
    public string? ThreadId { get; init; }

    /// <summary>Further fields of the header.</summary>
    public IReadOnlyList<HeaderLine> Header { get; init; } = [];

    /// <summary>Somebody wrote it, a person or an agent: false for what rules send by themselves.</summary>
    public bool IsCorrespondence { get; init; } = true;

    public IEnumerable<EmailAddress> Recipients => To.Concat(Cc).Concat(Bcc);
}

/// <summary>A file that goes with a mail; read when it is written and never held in memory as a whole.</summary>
/// <param name="Open">Gives a new stream at the beginning of the decoded bytes; may be called twice.</param>
/// <param name="ContentId">Without angle brackets; needed for an inline image that HTML names by <c>cid:</c>.</param>
public sealed record OutgoingAttachment(string Filename, string ContentType, Func<Stream> Open, string? ContentId = null, bool IsInline = false)
{
    /// <summary>Of its Content-Type.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Of its Content-Disposition.</summary>
    public IReadOnlyDictionary<string, string> DispositionParameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Further Content-* fields that describe it.</summary>
    public IReadOnlyList<HeaderLine> Fields { get; init; } = [];
}
