namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>What a sign-in at Microsoft asks for ("Microsoft Graph permissions reference"); MSAL adds openid, profile and offline_access.</summary>
internal static class MicrosoftScopes
{
    private const string Graph = "https://graph.microsoft.com/";
    private const string Mail = Graph + "Mail.ReadWrite";
    private const string Send = Graph + "Mail.Send";

    /// <summary>For the master list of categories.</summary>
    private const string Settings = Graph + "MailboxSettings.ReadWrite";

    /// <summary>For the address of the mailbox.</summary>
    private const string User = Graph + "User.Read";

    public static readonly IReadOnlyList<string> Asked = [Mail, Send, Settings, User];

    private static readonly IReadOnlyDictionary<string, string> Words = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Mail] = "to read, change and delete your mail",
        [Send] = "to send mail as you",
        [Settings] = "to read and change your categories",
        [User] = "to see your e-mail address",
    };

    /// <summary>What is missing of what was granted, in words for people; empty when nothing is.</summary>
    /// <param name="granted">Scopes of Graph may come with its address or without.</param>
    public static IReadOnlyList<string> Missing(IReadOnlyList<string> granted) =>
        [.. Asked.Where(asked => !granted.Any(scope => IsSame(scope, asked))).Select(asked => Words[asked])];

    private static bool IsSame(string granted, string asked) =>
        granted.Equals(asked, StringComparison.OrdinalIgnoreCase) || granted.Equals(asked[Graph.Length..], StringComparison.OrdinalIgnoreCase);
}
