namespace MailDaemon.Protocols.Imap;

/// <summary>Why a command came to nothing.</summary>
public enum ImapFault
{
    /// <summary>The server refused (NO); <see cref="ImapException.ResponseCode"/> may say why. The connection stays usable.</summary>
    No,

    /// <summary>The server did not understand (BAD). The connection stays usable.</summary>
    Bad,

    /// <summary>The server ends the connection (BYE).</summary>
    Bye,

    /// <summary>The user name, password or token is wrong, expired, or not allowed to use IMAP.</summary>
    AuthenticationFailed,

    /// <summary>The server cannot check the password now, or has too many connections of this user. To be tried again later.</summary>
    AuthenticationTemporary,

    /// <summary>The server takes no password on this connection, or no mechanism that we and it both know.</summary>
    LoginDisabled,

    /// <summary>The server broke the protocol, or lacks what the command needs.</summary>
    Protocol,

    /// <summary>The server sent, or would have to take, more than a limit allows.</summary>
    LimitExceeded,
}

/// <summary>A server refused a command or broke the protocol.</summary>
public sealed class ImapException : Exception
{
    private const int MaxServerText = 500;

    public ImapException(ImapFault fault, string message, string? responseCode = null, string? serverText = null)
        : base(message)
    {
        Fault = fault;
        ResponseCode = responseCode;
        ServerText = Clean(serverText ?? string.Empty);
    }

    public ImapFault Fault { get; }

    /// <summary>The response code without arguments and in capitals, for instance <c>TRYCREATE</c> (RFC 5530); null without one.</summary>
    public string? ResponseCode { get; }

    /// <summary>What the server said, without control characters, at most 500 characters. Never null.</summary>
    public string ServerText { get; }

    internal static string Clean(string text)
    {
        var length = Math.Min(text.Length, MaxServerText);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        return string.Create(length, text, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}
