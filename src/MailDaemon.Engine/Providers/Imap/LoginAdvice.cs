using MailDaemon.Engine.Accounts;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>What a person should do when a provider refuses the password.</summary>
internal static class LoginAdvice
{
    public static string For(string? presetId)
    {
        var preset = presetId is null ? null : Presets.Find(presetId);
        var help = preset?.HelpUrl is { Length: > 0 } url ? $" See {url}." : "";
        return preset?.SecretKind switch
        {
            SecretKind.AuthorizationCode => $"{preset.Name} wants an authorization code (授权码) made in its web settings, not the login password; IMAP/SMTP must be switched on there.{help}",
            SecretKind.AppPassword => $"{preset.Name} wants an app password made in its security settings, not the login password.{help}",
            SecretKind.ClientPassword => $"{preset.Name} wants the client password made in its web settings; IMAP/SMTP must be switched on there.{help}",
            SecretKind.OAuth => $"{preset.Name} accepts no passwords any more. Use POST /api/outlook/auth/initiate instead.{help}",
            _ => $"Check the address, the user name and the password; some providers want an app password or an authorization code.{help}",
        };
    }
}
