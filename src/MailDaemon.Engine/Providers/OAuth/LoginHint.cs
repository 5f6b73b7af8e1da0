using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>The mailbox that a sign-in is for.</summary>
internal static class LoginHint
{
    private const int MaxLength = 320;

    /// <summary>Null when its owner is to choose.</summary>
    /// <exception cref="MailException">InvalidInput: it is no address.</exception>
    public static string? Read(string? hint)
    {
        if (string.IsNullOrWhiteSpace(hint))
            return null;
        var address = hint.Trim();
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && address.Length <= MaxLength && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? address
            : throw MailException.InvalidInput("invalid_parameter", "loginHint must be an address of the form name@domain, or be left out.");
    }
}
