namespace MailDaemon.Sandbox.Mail;

/// <summary>What a folder is for (RFC 6154, RFC 8457).</summary>
public enum SpecialUse
{
    None,
    All,
    Archive,
    Drafts,
    Flagged,
    Important,
    Junk,
    Sent,
    Trash,
}
