namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>What a sign-in at Google asks for ("OAuth 2.0 Scopes for Google APIs").</summary>
internal static class GoogleScopes
{
    /// <summary>All of Gmail: its API, IMAP and SMTP.</summary>
    public const string Mail = "https://mail.google.com/";

    /// <summary>The address of the mailbox. Google answers with the long name.</summary>
    public const string Email = "email";

    private const string EmailLong = "https://www.googleapis.com/auth/userinfo.email";

    public static readonly IReadOnlyList<string> Asked = [Mail, "openid", Email];

    /// <summary>What is missing of what was granted, in words for people; empty when nothing is.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<string> granted)
    {
        var missing = new List<string>();
        if (!granted.Contains(Mail, StringComparer.Ordinal))
            missing.Add("to read, send and delete your mail");
        if (!granted.Contains(Email, StringComparer.Ordinal) && !granted.Contains(EmailLong, StringComparer.Ordinal))
            missing.Add("to see your e-mail address");
        return missing;
    }
}
