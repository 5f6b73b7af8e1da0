using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>What a caller changes of a draft; what is null stays as it is.</summary>
public sealed record DraftChange
{
    public IReadOnlyList<EmailAddress>? To { get; init; }

    public IReadOnlyList<EmailAddress>? Cc { get; init; }

    public IReadOnlyList<EmailAddress>? Bcc { get; init; }

    public string? Subject { get; init; }

    public string? Body { get; init; }

    /// <summary>Of <see cref="Body"/>.</summary>
    public bool IsHtml { get; init; }

    /// <summary>The account's signature goes under a new body.</summary>
    public bool IncludeSignature { get; init; }

    /// <summary>All that the draft is to have from now on, but for pictures of its HTML, which stay.</summary>
    public IReadOnlyList<DraftAttachment>? Attachments { get; init; }
}

/// <summary>A new file, or one that the draft has already.</summary>
/// <param name="Id">Of the one that it has; null for a new one.</param>
public sealed record DraftAttachment(OutgoingAttachment? File, string? Id);
