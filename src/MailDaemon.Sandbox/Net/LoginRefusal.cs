namespace MailDaemon.Sandbox.Net;

/// <summary>Why a login is refused although user and password are right.</summary>
public enum LoginRefusal
{
    /// <summary>As if the password were wrong: final.</summary>
    WrongPassword,

    /// <summary>The server cannot check passwords at the moment: worth another try.</summary>
    Temporary,

    /// <summary>The account's own password is refused, in the words of QQ Mail: an authorization code is asked for.</summary>
    AuthorizationCodeNeeded,
}
