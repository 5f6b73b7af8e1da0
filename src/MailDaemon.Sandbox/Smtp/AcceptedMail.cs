namespace MailDaemon.Sandbox.Smtp;

/// <summary>A message the SMTP server has taken responsibility for.</summary>
public sealed record AcceptedMail
{
    /// <summary>Counts from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The address of MAIL FROM, empty for the null sender.</summary>
    public required string Sender { get; init; }

    /// <summary>The accepted addresses of RCPT TO, in their order.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>The message as it was sent, dot-stuffing undone, without the fields a delivery adds.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Who had logged in.</summary>
    public required string AuthenticatedAs { get; init; }

    /// <summary>The parameters of MAIL FROM in upper case, <c>BODY=8BITMIME</c> for instance.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }
}
