namespace MailDaemon.Protocols.Smtp;

/// <summary>The commands that offer one message to one server. Pure: whatever cannot be sent is refused before any byte.</summary>
/// <param name="Mail">The MAIL command.</param>
/// <param name="Recipients">For each recipient, as the caller wrote it, its RCPT command.</param>
internal sealed record SmtpTransaction(string Mail, IReadOnlyList<(string Address, string Command)> Recipients)
{
    /// <exception cref="ArgumentException">An address cannot be sent, or there is no recipient.</exception>
    /// <exception cref="SmtpException">TooLarge or Utf8Unsupported.</exception>
    public static SmtpTransaction Plan(SmtpEnvelope envelope, SmtpCapabilities server)
    {
        var sender = envelope.Sender.Length == 0 ? default : SmtpAddress.Parse(envelope.Sender);
        var recipients = envelope.Recipients.Distinct(StringComparer.Ordinal).Select(r => (Address: r, Wire: SmtpAddress.Parse(r))).ToList();
        if (recipients.Count == 0)
        {
            throw new ArgumentException("A message needs a recipient", nameof(envelope));
        }

        if (envelope.SizeBytes > server.MaxSizeBytes)
        {
            throw new SmtpException(SmtpFault.TooLarge, $"The message has {envelope.SizeBytes} bytes; the server takes at most {server.MaxSizeBytes}");
        }

        var needsUtf8 = envelope.NeedsUtf8 || sender.NeedsUtf8 || recipients.Any(r => r.Wire.NeedsUtf8);
        if (needsUtf8 && !server.SmtpUtf8)
        {
            throw new SmtpException(SmtpFault.Utf8Unsupported, "The server cannot take internationalised addresses or headers (no SMTPUTF8)");
        }

        var mail = $"MAIL FROM:<{sender.Text}>"
            + (server.Size && envelope.SizeBytes is { } size ? FormattableString.Invariant($" SIZE={size}") : string.Empty)
            + (server.EightBitMime && (envelope.Is8Bit || needsUtf8) ? " BODY=8BITMIME" : string.Empty)
            + (needsUtf8 ? " SMTPUTF8" : string.Empty);
        return new SmtpTransaction(mail, [.. recipients.Select(r => (r.Address, $"RCPT TO:<{r.Wire.Text}>"))]);
    }
}
