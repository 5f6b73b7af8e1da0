namespace MailDaemon.Engine.Messages;

/// <summary>A mail in its last form, as a file that does not change any more, and who it is for.</summary>
public sealed record WrittenMail
{
    /// <summary>The file (RFC 5322, CRLF). Its Bcc field is for the copy in Sent and is left out of what is sent.</summary>
    public required string Path { get; init; }

    public required MailEnvelope Envelope { get; init; }
}

/// <summary>What is outside of the mail's text (RFC 5321).</summary>
public sealed record MailEnvelope
{
    public required string Sender { get; init; }

    /// <summary>All of them, Bcc included.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Those of them that have it already: the server takes so many at once.</summary>
    public IReadOnlyList<string> Delivered { get => field ?? []; init; }

    /// <summary>With angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>Empty for mails that were written before it was kept here.</summary>
    public string Subject { get; init; } = "";

    public required DateTimeOffset Date { get; init; }

    /// <summary>The provider's own conversation that it belongs to; null where the header alone says that.</summary>
    public string? ThreadId { get; init; }

    /// <summary>Send to the others when some recipients are refused.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Whether the mail has bytes above 127 (RFC 6152).</summary>
    public bool Is8Bit { get; init; }

    /// <summary>Whether an address needs SMTPUTF8 (RFC 6531).</summary>
    public bool NeedsUtf8 { get; init; }
}
