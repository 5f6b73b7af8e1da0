namespace MailDaemon.Sandbox.Mail;

/// <summary>What a folder is for (RFC 6154).</summary>
public enum SpecialUse
{
    None,
    All,
    Archive,
    Drafts,
    Junk,
    Sent,
    Trash,
}
