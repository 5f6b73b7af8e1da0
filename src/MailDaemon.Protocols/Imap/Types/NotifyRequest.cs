namespace MailDaemon.Protocols.Imap;

/// <summary>Which mailboxes are watched beside the open one (RFC 5465 §6): messages that come and go, and flags.</summary>
public sealed record NotifyRequest
{
    /// <summary>The mailboxes by name, not empty; null (the default) for all of the user's own.</summary>
    public IReadOnlyList<string>? Mailboxes { get; init; }

    /// <summary>Have the state of each watched mailbox told at the start, so that nothing is missed between an earlier look and this request.</summary>
    public bool Status { get; init; }
}
