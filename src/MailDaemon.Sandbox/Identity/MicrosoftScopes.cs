namespace MailDaemon.Sandbox.Identity;

/// <summary>The scopes that there are ("Scopes and permissions in the Microsoft identity platform").</summary>
internal static class MicrosoftScopes
{
    public const string OpenId = "openid";
    public const string OfflineAccess = "offline_access";

    /// <summary>What a scope of Microsoft Graph begins with; it may be left out.</summary>
    private const string Graph = "https://graph.microsoft.com/";

    private static readonly string[] Identity = [OpenId, "profile", "email", OfflineAccess];
    private static readonly string[] OfGraph = ["Mail.Read", "Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "MailboxSettings.ReadWrite", "User.Read"];

    /// <summary>All that a mail client asks for.</summary>
    public static IReadOnlyList<string> OfMail { get; } = ["Mail.ReadWrite", "Mail.Send", "MailboxSettings.ReadWrite", "User.Read", .. Identity];

    public static IReadOnlyList<string> Read(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static bool IsKnown(string scope) =>
        Identity.Contains(scope, StringComparer.OrdinalIgnoreCase) || OfGraph.Contains(Short(scope), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether two names are one scope.</summary>
    public static bool AreSame(string left, string right) => Short(left).Equals(Short(right), StringComparison.OrdinalIgnoreCase);

    private static string Short(string scope) => scope.StartsWith(Graph, StringComparison.OrdinalIgnoreCase) ? scope[Graph.Length..] : scope;
}
