namespace MailDaemon.Protocols.Imap;

/// <summary>The state of a connection (RFC 9051 §3).</summary>
public enum ImapState
{
    NotAuthenticated,
    Authenticated,
    Selected,
    LoggedOut,
}
