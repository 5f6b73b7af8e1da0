namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>Whether the daemon opens the browser itself when a sign-in starts.</summary>
    public bool OpenBrowser { get; init; }
}
