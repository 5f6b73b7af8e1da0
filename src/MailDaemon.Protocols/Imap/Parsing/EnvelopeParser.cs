namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"</summary>
internal static class EnvelopeParser
{
    private const int AddressFields = 6;

    /// <summary>Reads an envelope; null for NIL and for the empty list that stands for one.</summary>
    public static Envelope? Read(ref ImapTokens tokens, ImapLimits limits)
    {
        if (tokens.Peek() != (byte)'(')
        {
            return tokens.NStringText() is null ? null : throw new ImapSyntaxException("an envelope expected");
        }

        tokens.Take((byte)'(');
        if (tokens.TryTake((byte)')'))
        {
            return null;
        }

        // QUIRK: Domino, the envelope in one more pair of parentheses.
        var isWrapped = tokens.TryTake((byte)'(');
        var date = tokens.NStringText();
        var subject = tokens.NStringText();
        var fields = new IReadOnlyList<EnvelopeAddress>[AddressFields];
        Array.Fill(fields, []);
        for (var i = 0; i < AddressFields; i++)
        {
            // QUIRK: QQ, nine fields: a string where a list of addresses should be is already In-Reply-To.
            if (tokens.Peek() is (byte)'"' or (byte)'{' or (byte)')')
            {
                break;
            }

            fields[i] = Addresses(ref tokens, limits);
        }

        string? inReplyTo = null, messageId = null;
        if (tokens.Peek() != (byte)')')
        {
            messageId = tokens.NStringText();
        }

        // QUIRK: QQ, one string at the end instead of two: it is the Message-ID.
        if (tokens.Peek() != (byte)')')
        {
            (inReplyTo, messageId) = (messageId, tokens.NStringText());
        }

        while (tokens.Peek() != (byte)')')
        {
            tokens.SkipValue();
        }

        tokens.Take((byte)')');
        if (isWrapped)
        {
            tokens.Take((byte)')');
        }

        return new Envelope
        {
            Date = date,
            Subject = subject,
            From = fields[0],
            Sender = fields[1],
            ReplyTo = fields[2],
            To = fields[3],
            Cc = fields[4],
            Bcc = fields[5],
            InReplyTo = inReplyTo,
            MessageId = messageId,
        };
    }

    /// <summary>"(" 1*address ")" / nil</summary>
    private static IReadOnlyList<EnvelopeAddress> Addresses(ref ImapTokens tokens, ImapLimits limits)
    {
        if (tokens.Peek() != (byte)'(')
        {
            return tokens.NStringText() is null ? [] : throw new ImapSyntaxException("addresses expected");
        }

        // QUIRK: mail.ru, () for no addresses; Exchange, spaces between addresses.
        tokens.Take((byte)'(');
        List<EnvelopeAddress>? addresses = null;
        while (!tokens.TryTake((byte)')'))
        {
            addresses ??= new List<EnvelopeAddress>(1);
            if (addresses.Count >= limits.MaxAddresses)
            {
                tokens.SkipValue();
                continue;
            }

            if (tokens.Peek() == (byte)'(')
            {
                addresses.Add(Address(ref tokens));
            }
            else
            {
                // QUIRK: several, NIL among the addresses.
                tokens.SkipValue();
            }
        }

        return addresses ?? [];
    }

    /// <summary>address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"</summary>
    private static EnvelopeAddress Address(ref ImapTokens tokens)
    {
        tokens.Take((byte)'(');
        var name = tokens.NStringText();
        tokens.NString(out _);
        var mailbox = tokens.NStringText();
        var host = tokens.Peek() == (byte)')' ? null : tokens.NStringText();

        // QUIRK: Yahoo, a space after the host; others, more fields.
        while (!tokens.TryTake((byte)')'))
        {
            tokens.SkipValue();
        }

        return new EnvelopeAddress(name, mailbox, host);
    }
}
