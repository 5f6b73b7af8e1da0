namespace MailDaemon.Protocols.Smtp;

/// <summary>Who a message is from and to on the wire, whatever its header says (RFC 5321 §2.3.1).</summary>
public sealed record SmtpEnvelope
{
    /// <summary>The reverse path as a bare address; empty for a notification that must not bounce (<c>&lt;&gt;</c>).</summary>
    public required string Sender { get; init; }

    /// <summary>Bare addresses, at least one; equal ones are sent once.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Whether the message goes to the accepted recipients when others are refused; otherwise it then goes to nobody.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>The size of the message in bytes with CRLF line ends, before dot-stuffing, for RFC 1870; null when unknown.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Whether the header has raw UTF-8 (RFC 6532). An address that needs SMTPUTF8 is seen without being told.</summary>
    public bool NeedsUtf8 { get; init; }

    /// <summary>Whether the body has bytes above 127. Declared only to a server that offers 8BITMIME; see <see cref="SmtpCapabilities.EightBitMime"/>.</summary>
    public bool Is8Bit { get; init; }
}

/// <summary>The server has taken over the responsibility for a message.</summary>
public sealed record SmtpReceipt
{
    /// <summary>The server's words, often with its queue id; control characters removed.</summary>
    public required string ServerText { get; init; }

    /// <summary>The recipients that the message does not go to; empty unless <see cref="SmtpEnvelope.AllowPartial"/>.</summary>
    public required IReadOnlyList<SmtpRefusal> Refused { get; init; }

    /// <summary>Recipients that are more than the server takes at once (RFC 5321 §4.5.3.1.10): the message did not go to them and is to be sent to them again.</summary>
    public IReadOnlyList<string> Excess { get; init; } = [];
}

/// <summary>A recipient that the server does not accept, and its words.</summary>
public sealed record SmtpRefusal(string Address, int ReplyCode, string? EnhancedCode, string ServerText)
{
    /// <summary>Whether a later try may succeed (4xx, as with greylisting).</summary>
    public bool IsTemporary => ReplyCode is >= 400 and < 500;
}
