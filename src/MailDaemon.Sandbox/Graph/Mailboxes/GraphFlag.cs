namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>The flag for follow-up of a message; named as Graph names the values, but for the case of the first letter.</summary>
public enum GraphFlag
{
    NotFlagged,
    Flagged,
    Complete,
}
