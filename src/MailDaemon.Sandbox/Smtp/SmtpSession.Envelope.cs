namespace MailDaemon.Sandbox.Smtp;

/// <content>MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3) with the parameters of the extensions.</content>
internal sealed partial class SmtpSession
{
    private string Mail(string argument)
    {
        var path = SmtpPath.Parse(argument, "FROM:");
        if (!isGreeted || sender is not null)
        {
            return "503 5.5.1 Not now";
        }

        if (user is null)
        {
            return "530 5.7.0 Authentication is required";
        }

        if (path is null)
        {
            return "501 5.1.7 The address is not well formed";
        }

        if (path.Parameters.FirstOrDefault(p => !IsKnown(p)) is { } unknown)
        {
            return $"555 5.5.4 {unknown} is not known";
        }

        if (path.IsInternational && !path.Parameters.Contains("SMTPUTF8", StringComparer.Ordinal))
        {
            return "553 5.6.7 The address needs SMTPUTF8";
        }

        if (path.DeclaredSize() is { } size && (size < 0 || size > options.MaxMessageBytes))
        {
            return size < 0 ? "501 5.5.4 SIZE is not a number" : "552 5.3.4 The message is too large";
        }

        sender = path;
        return "250 2.1.0 Ok";
    }

    private bool IsKnown(string parameter) => isExtended && parameter switch
    {
        "BODY=7BIT" or "BODY=8BITMIME" => options.Offers("8BITMIME"),
        "SMTPUTF8" => options.Offers("SMTPUTF8"),
        _ => (parameter.StartsWith("SIZE=", StringComparison.Ordinal) && options.Offers("SIZE"))
            || parameter.StartsWith("AUTH=", StringComparison.Ordinal),
    };

    private string Recipient(string argument)
    {
        if (sender is null)
        {
            return "503 5.5.1 MAIL first";
        }

        var path = SmtpPath.Parse(argument, "TO:");
        if (path is null || path.Address.Length == 0)
        {
            return "501 5.1.3 The address is not well formed";
        }

        if (path.Parameters.Count > 0)
        {
            return $"555 5.5.4 {path.Parameters[0]} is not known";
        }

        if (path.IsInternational && !sender.Parameters.Contains("SMTPUTF8", StringComparer.Ordinal))
        {
            return "553 5.6.7 The address needs SMTPUTF8";
        }

        if (recipients.Count >= options.MaxRecipients)
        {
            return "452 4.5.3 Too many recipients";
        }

        if (faults.RefuseRecipient.TryTake(path.Address, out var refusal))
        {
            return refusal;
        }

        if (options.RefuseUnknownRecipients && host.World.IsLocalDomain(path.Address) && host.World.FindUser(path.Address) is null)
        {
            return "550 5.1.1 There is no such user";
        }

        recipients.Add(path.Address);
        return "250 2.1.5 Ok";
    }
}
