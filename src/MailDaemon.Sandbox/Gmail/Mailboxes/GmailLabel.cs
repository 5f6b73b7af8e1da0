using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <summary>A label that the user made. IMAP shows it as a folder of the same name, and a folder that a client of IMAP makes is one.</summary>
public sealed class GmailLabel
{
    internal GmailLabel(string id, MailFolder folder)
    {
        Id = id;
        Folder = folder;
    }

    /// <summary><c>Label_</c> and a number; stays when the label is renamed.</summary>
    public string Id { get; }

    /// <summary>Levels parted by <c>/</c>.</summary>
    public string Name => Folder.Path;

    public string MessageListVisibility { get; internal set; } = "show";

    public string LabelListVisibility { get; internal set; } = "labelShow";

    /// <summary>Null when the label has no colour.</summary>
    public GmailColor? Color { get; internal set; }

    internal MailFolder Folder { get; }
}

/// <summary>The colours of a label, <c>#rrggbb</c>, of Gmail's palette.</summary>
public sealed record GmailColor(string Text, string Background);
