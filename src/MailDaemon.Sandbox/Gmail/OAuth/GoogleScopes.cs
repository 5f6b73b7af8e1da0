namespace MailDaemon.Sandbox.Gmail.OAuth;

/// <summary>Scopes that say who a user is, which Google writes in two ways.</summary>
internal static class GoogleScopes
{
    public const string OpenId = "openid";
    public const string Email = "https://www.googleapis.com/auth/userinfo.email";
    public const string Profile = "https://www.googleapis.com/auth/userinfo.profile";

    /// <summary>The scope as Google grants it: <c>email</c> and <c>profile</c> come back in their long forms.</summary>
    public static string Canonical(string scope) => scope switch
    {
        "email" => Email,
        "profile" => Profile,
        _ => scope,
    };

    public static bool IsIdentity(string scope) => Canonical(scope) is OpenId or Email or Profile;
}
