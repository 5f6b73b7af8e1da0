namespace MailDaemon.Protocols.Imap;

/// <summary>What to fetch of each message. The UID always comes with it; nothing here marks a message as seen.</summary>
public sealed record FetchRequest
{
    public bool Flags { get; init; }

    public bool InternalDate { get; init; }

    public bool Size { get; init; }

    public bool Envelope { get; init; }

    public bool BodyStructure { get; init; }

    /// <summary>Asked for only where CONDSTORE is offered.</summary>
    public bool ModSeq { get; init; }

    /// <summary>RFC 8474; asked for only where OBJECTID is offered.</summary>
    public bool EmailId { get; init; }

    /// <summary>RFC 8474; asked for only where OBJECTID is offered.</summary>
    public bool ThreadId { get; init; }

    /// <summary>X-GM-MSGID, X-GM-THRID and X-GM-LABELS; asked for only where X-GM-EXT-1 is offered.</summary>
    public bool GmailIds { get; init; }

    /// <summary>Sections as in <c>BODY.PEEK[…]</c>: empty for the whole message, <c>HEADER</c>, <c>HEADER.FIELDS (FROM TO)</c>, <c>1</c>, <c>1.2.MIME</c>.
    /// With <c>&lt;0.1000&gt;</c> behind it only that piece, which comes under the name without it.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Only messages changed since (RFC 7162 §3.1.4.1); needs CONDSTORE.</summary>
    public ulong? ChangedSince { get; init; }

    /// <summary>With <see cref="ChangedSince"/>: also report what is gone since, through <see cref="ImapClient.TakeUpdates"/>; needs QRESYNC enabled.</summary>
    public bool Vanished { get; init; }
}
