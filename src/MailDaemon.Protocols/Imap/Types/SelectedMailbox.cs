namespace MailDaemon.Protocols.Imap;

/// <summary>The mailbox that is open; kept up to date by every reply of the server.</summary>
public sealed class SelectedMailbox
{
    internal SelectedMailbox(string name, bool isReadOnly)
    {
        Name = name;
        IsReadOnly = isReadOnly;
    }

    public string Name { get; }

    /// <summary>Number of messages.</summary>
    public uint Exists { get; internal set; }

    /// <summary>Null when the server does not say (it need not) or its UIDs do not last (0).</summary>
    public uint? UidValidity { get; internal set; }

    /// <summary>As told when the mailbox was opened; null when the server does not say (163).</summary>
    public uint? UidNext { get; internal set; }

    /// <summary>Null when the mailbox has no modification sequences or they were not asked for.</summary>
    public ulong? HighestModSeq { get; internal set; }

    /// <summary>The server said that this mailbox keeps no modification sequences (RFC 7162 §3.1.2.2).</summary>
    public bool NoModSeq { get; internal set; }

    /// <summary>UIDs do not last in this mailbox (RFC 4315 §3).</summary>
    public bool UidNotSticky { get; internal set; }

    public bool IsReadOnly { get; internal set; }

    /// <summary>Flags that exist here.</summary>
    public IReadOnlyList<string> Flags { get; internal set; } = [];

    /// <summary>Flags that can be changed; <c>\*</c> allows new keywords. Null when the server does not say: then all of <see cref="Flags"/>.</summary>
    public IReadOnlyList<string>? PermanentFlags { get; internal set; }

    /// <summary>RFC 8474.</summary>
    public string? MailboxId { get; internal set; }
}
