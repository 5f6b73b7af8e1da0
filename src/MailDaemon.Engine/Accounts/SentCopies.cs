namespace MailDaemon.Engine.Accounts;

/// <summary>Who puts the copy of a sent mail into Sent.</summary>
public enum SentCopies
{
    /// <summary>Whoever does it: the daemon looks whether the server did, and remembers.</summary>
    Auto,

    /// <summary>The daemon always.</summary>
    Daemon,

    /// <summary>The server always.</summary>
    Server,
}
