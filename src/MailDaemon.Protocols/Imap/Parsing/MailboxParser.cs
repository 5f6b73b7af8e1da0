namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>Reads LIST, STATUS and NAMESPACE replies.</summary>
internal static class MailboxParser
{
    /// <summary>mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]</summary>
    public static MailboxListing ReadListing(in ImapReply reply, ImapLimits limits, MailboxNames names, bool isUtf8, bool tellsSubscription)
    {
        try
        {
            return ReadStrictly(reply, limits, names, isUtf8, tellsSubscription);
        }
        catch (ImapSyntaxException e)
        {
            return new MailboxListing { Name = ImapWords.Text(reply.Bytes.Span[reply.Payload..]).Trim(), IsSelectable = false, Defect = e.Message };
        }
    }

    private static MailboxListing ReadStrictly(in ImapReply reply, ImapLimits limits, MailboxNames names, bool isUtf8, bool tellsSubscription)
    {
        var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits);
        var attributes = FetchParser.Words(ref tokens);
        var delimiter = Delimiter(ref tokens);
        var name = names.Learn(Name(ref tokens), isUtf8);
        var oldName = OldName(ref tokens);
        var use = SpecialUseOf(name, attributes);
        var isMissing = Has(attributes, "\\NonExistent");
        return new MailboxListing
        {
            Name = name,
            OldName = oldName is null ? null : names.Find(oldName, isUtf8),
            Delimiter = delimiter,
            Attributes = attributes,
            SpecialUse = use,
            IsSubscribed = tellsSubscription ? Has(attributes, "\\Subscribed") : null,
            HasChildren = Has(attributes, "\\HasChildren") ? true : Has(attributes, "\\HasNoChildren") || Has(attributes, "\\Noinferiors") ? false : null,
            IsSelectable = !isMissing && !Has(attributes, "\\Noselect"),
        };
    }

    /// <summary>mailbox-data = "STATUS" SP mailbox SP "(" [status-att-list] ")"</summary>
    public static MailboxStatus ReadStatus(in ImapReply reply, ImapLimits limits, MailboxNames names, bool isUtf8)
    {
        var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits);
        var status = new MailboxStatus { Mailbox = names.Find(tokens.Peek() is (byte)'"' or (byte)'{' ? tokens.NString(out _) : tokens.Atom(), isUtf8) };

        // QUIRK: 163, () when there is nothing to say.
        tokens.Take((byte)'(');
        while (!tokens.TryTake((byte)')'))
        {
            var item = tokens.Atom();
            if (ImapWords.Is(item, "MAILBOXID"u8))
            {
                tokens.Take((byte)'(');
                status = status with { MailboxId = tokens.NStringText() };
                tokens.Take((byte)')');
                continue;
            }

            var name = item;
            var number = tokens.NumberOrNil();
            status = With(status, name, number);
        }

        return status;
    }

    /// <summary>What is known after a second reply: servers tell only the items that were asked for or that changed.</summary>
    public static MailboxStatus Merge(MailboxStatus? earlier, MailboxStatus later) => earlier is null ? later : later with
    {
        Messages = later.Messages ?? earlier.Messages,
        UidNext = later.UidNext ?? earlier.UidNext,
        UidValidity = later.UidValidity ?? earlier.UidValidity,
        Unseen = later.Unseen ?? earlier.Unseen,
        HighestModSeq = later.HighestModSeq ?? earlier.HighestModSeq,
        MailboxId = later.MailboxId ?? earlier.MailboxId,
        Size = later.Size ?? earlier.Size,
        AppendLimit = later.AppendLimit ?? earlier.AppendLimit,
    };

    /// <summary>namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace</summary>
    public static NamespaceReply ReadNamespace(in ImapReply reply, ImapLimits limits)
    {
        var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits);
        return new NamespaceReply(Entries(ref tokens), Entries(ref tokens), Entries(ref tokens));
    }

    private static MailboxStatus With(MailboxStatus status, ReadOnlySpan<byte> item, long? number) => item.Length switch
    {
        4 when ImapWords.Is(item, "SIZE"u8) => status with { Size = number },
        6 when ImapWords.Is(item, "UNSEEN"u8) => status with { Unseen = Bounded(number) },
        7 when ImapWords.Is(item, "UIDNEXT"u8) => status with { UidNext = Positive(number) },
        8 when ImapWords.Is(item, "MESSAGES"u8) => status with { Messages = Bounded(number) },
        11 when ImapWords.Is(item, "UIDVALIDITY"u8) => status with { UidValidity = Positive(number) },
        11 when ImapWords.Is(item, "APPENDLIMIT"u8) => status with { AppendLimit = number },
        13 when ImapWords.Is(item, "HIGHESTMODSEQ"u8) => status with { HighestModSeq = number is > 0 ? (ulong)number : null },
        _ => status,
    };

    private static uint? Bounded(long? number) => number is >= 0 and <= uint.MaxValue ? (uint)number : null;

    private static uint? Positive(long? number) => number is > 0 and <= uint.MaxValue ? (uint)number : null;

    /// <summary>DQUOTE QUOTED-CHAR DQUOTE / nil</summary>
    private static char? Delimiter(ref ImapTokens tokens)
    {
        // QUIRK: Domino, "\" for a backslash, which has to be "\\".
        tokens.Peek();
        if (tokens.Rest.StartsWith("\"\\\" "u8) || tokens.Rest.StartsWith("\"\\\")"u8))
        {
            tokens.Position += 3;
            return '\\';
        }

        return tokens.NStringText() is { Length: > 0 } text ? text[0] : null;
    }

    private static ReadOnlySpan<byte> Name(ref ImapTokens tokens)
    {
        if (tokens.Peek() is (byte)'"' or (byte)'{')
        {
            return tokens.NString(out _);
        }

        var start = tokens.Position;
        tokens.Atom();
        if (!tokens.IsAtEnd && !tokens.Rest.StartsWith("(\""u8))
        {
            // QUIRK: Exchange, a name with spaces that is not quoted: it reaches to the end of the line.
            tokens.Position += tokens.Rest.Length;
        }

        return tokens.Slice(start, tokens.Position).Trim(" \r\n"u8);
    }

    /// <summary>
    /// mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")", of which "OLDNAME" SP "(" mailbox ")" is
    /// looked for. What cannot be read here takes nothing from the name before it.
    /// </summary>
    private static byte[]? OldName(ref ImapTokens tokens)
    {
        if (tokens.IsAtEnd || !tokens.TryTake((byte)'('))
        {
            return null;
        }

        try
        {
            while (!tokens.TryTake((byte)')'))
            {
                var isOldName = ImapWords.Is(tokens.NString(out _), "OLDNAME"u8);
                if (isOldName && tokens.TryTake((byte)'('))
                {
                    return tokens.NString(out _).ToArray();
                }

                tokens.SkipValue();
            }
        }
        catch (ImapSyntaxException)
        {
            // Nothing is known of an old name.
        }

        return null;
    }

    private static IReadOnlyList<NamespaceEntry> Entries(ref ImapTokens tokens)
    {
        if (tokens.Peek() != (byte)'(')
        {
            _ = tokens.IsAtEnd ? null : tokens.NStringText();
            return [];
        }

        var entries = new List<NamespaceEntry>(1);
        tokens.Take((byte)'(');
        while (!tokens.TryTake((byte)')'))
        {
            tokens.Take((byte)'(');
            var prefix = ModifiedUtf7.Decode(tokens.NStringText() ?? string.Empty);
            entries.Add(new NamespaceEntry(prefix, Delimiter(ref tokens)));
            while (!tokens.TryTake((byte)')'))
            {
                tokens.SkipValue();
            }
        }

        return entries;
    }

    private static SpecialUse? SpecialUseOf(string name, IReadOnlyList<string> attributes)
    {
        if (name == "INBOX")
        {
            return SpecialUse.Inbox;
        }

        foreach (var attribute in attributes)
        {
            // The second words are XLIST's (Gmail, Yandex, QQ).
            SpecialUse? use = attribute.ToUpperInvariant() switch
            {
                "\\ALL" or "\\ALLMAIL" => SpecialUse.All,
                "\\ARCHIVE" => SpecialUse.Archive,
                "\\DRAFTS" => SpecialUse.Drafts,
                "\\FLAGGED" or "\\STARRED" => SpecialUse.Flagged,
                "\\IMPORTANT" => SpecialUse.Important,
                "\\JUNK" or "\\SPAM" => SpecialUse.Junk,
                "\\SENT" => SpecialUse.Sent,
                "\\TRASH" => SpecialUse.Trash,
                "\\INBOX" => SpecialUse.Inbox,
                _ => null,
            };
            if (use is not null)
            {
                return use;
            }
        }

        return null;
    }

    private static bool Has(IReadOnlyList<string> attributes, string attribute) => attributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);
}
