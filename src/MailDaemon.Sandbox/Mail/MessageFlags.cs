using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Mail;

/// <summary>The flags every folder keeps (RFC 3501 §2.3.2), and sets of flags that are not case-sensitive.</summary>
internal static class MessageFlags
{
    public const string Answered = "\\Answered";
    public const string Deleted = "\\Deleted";
    public const string Draft = "\\Draft";
    public const string Flagged = "\\Flagged";
    public const string Seen = "\\Seen";

    public static ImmutableArray<string> System { get; } = [Answered, Flagged, Deleted, Seen, Draft];

    public static ImmutableSortedSet<string> Set(IEnumerable<string> flags) =>
        flags.Select(Canonical).ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>System flags in the spelling of the RFC, keywords as they are.</summary>
    private static string Canonical(string flag) =>
        System.FirstOrDefault(f => f.Equals(flag, StringComparison.OrdinalIgnoreCase)) ?? flag;
}
