namespace MailDaemon.Protocols.Smtp;

/// <summary>What an SMTP server's answer means for the caller.</summary>
public enum SmtpFault
{
    /// <summary>User name, password or token are not accepted (535, 534), or no mechanism offered works with them.</summary>
    AuthenticationFailed,

    /// <summary>The server cannot check credentials at the moment (454 and other 4xx): later may work.</summary>
    AuthenticationTemporary,

    /// <summary>The server wants authentication first (530), or TLS before it (538).</summary>
    AuthenticationRequired,

    /// <summary>At least one recipient is refused for good, and so nothing was sent.</summary>
    RecipientsRefused,

    /// <summary>Refused for good (5xx).</summary>
    Rejected,

    /// <summary>Refused for now (4xx): a later try may succeed. Nothing was accepted.</summary>
    Deferred,

    /// <summary>More bytes than the server takes.</summary>
    TooLarge,

    /// <summary>An address or the header needs SMTPUTF8 (RFC 6531), which the server does not have.</summary>
    Utf8Unsupported,

    /// <summary>The connection was lost, or the wait was given up, after the final dot: the server may have accepted the message.</summary>
    Uncertain,

    /// <summary>The server's answer is not SMTP, or not one to this command. Nothing was accepted.</summary>
    Protocol,
}

/// <summary>An SMTP server refused, or could not be understood. Carries the server's own words, which are untrusted text.</summary>
public sealed class SmtpException : Exception
{
    internal SmtpException(SmtpFault fault, string what, SmtpReply? reply = null, Exception? inner = null)
        : base(reply is null ? what : $"{what}: {reply}", inner)
    {
        Fault = fault;
        ReplyCode = reply?.Code;
        EnhancedCode = reply?.EnhancedCode;
        ServerText = reply?.Text ?? string.Empty;
    }

    public SmtpFault Fault { get; }

    /// <summary>200–599, or null when the failure is not a reply of the server.</summary>
    public int? ReplyCode { get; }

    /// <summary>As in <c>5.1.1</c> (RFC 3463), when the reply has one.</summary>
    public string? EnhancedCode { get; }

    /// <summary>The text of the reply without its codes: no control characters, at most 2,000 characters, lines joined by a space.</summary>
    public string ServerText { get; }

    /// <summary>The recipients that the server refused, each with its words.</summary>
    public IReadOnlyList<SmtpRefusal> Refusals { get; internal init; } = [];
}
