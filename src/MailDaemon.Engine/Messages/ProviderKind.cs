namespace MailDaemon.Engine.Messages;

/// <summary>The kind of service behind an account.</summary>
public enum ProviderKind
{
    Gmail,
    Outlook,
    Imap,
}

/// <summary>The names of providers as they stand in routes, JSON and folder names.</summary>
public static class ProviderKinds
{
    public static readonly IReadOnlyList<ProviderKind> All = [ProviderKind.Gmail, ProviderKind.Outlook, ProviderKind.Imap];

    /// <summary>The lower-case name: <c>gmail</c>, <c>outlook</c> or <c>imap</c>.</summary>
    public static string Name(this ProviderKind kind) => kind switch
    {
        ProviderKind.Gmail => "gmail",
        ProviderKind.Outlook => "outlook",
        ProviderKind.Imap => "imap",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Reads a name; case does not matter.</summary>
    public static bool TryParse(string? name, out ProviderKind kind)
    {
        foreach (var candidate in All)
        {
            if (string.Equals(candidate.Name(), name, StringComparison.OrdinalIgnoreCase))
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
