using System.Text.RegularExpressions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Labels;

/// <summary>What names and colours a label can have, and those that every account has. Pure.</summary>
public static partial class LabelRules
{
    public const int LongestName = 100;
    public const string DefaultColor = "grey";

    private const string SystemPrefix = "system:";
    private static readonly string[] ReservedKeywords = ["Junk", "NonJunk", "NotJunk", "JunkRecorded", "Forwarded", "Redirected", "MDNSent"];
    private static readonly string[] Colors = ["red", "orange", "yellow", "green", "cyan", "blue", "indigo", "purple", "pink", "grey"];

    private static readonly (string Name, string Color)[] SystemNames =
        [("inbox", "blue"), ("starred", "yellow"), ("sent", "green"), ("drafts", "grey"), ("archive", "cyan"), ("trash", "grey"), ("spam", "red")];

    private static readonly string[] Words = [.. SystemNames.Select(system => system.Name.ToUpperInvariant())];

    /// <param name="provider">Whose label it is; null for all.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_label</c>.</exception>
    public static string Name(string name, ProviderKind? provider)
    {
        var trimmed = name.Trim();
        if (provider is null or ProviderKind.Imap && IsReserved(trimmed))
            throw MailException.InvalidInput("invalid_label", $"'{TextCut.At(trimmed, LongestName)}' is reserved: mail programs and servers give that keyword a meaning of their own. Choose a name that does not begin with $.");
        return trimmed.Length is > 0 and <= LongestName
            ? trimmed
            : throw MailException.InvalidInput("invalid_label", $"A label's name has 1 to {LongestName} characters.");
    }

    /// <summary>
    /// Whether a keyword means something to others (RFC 9051 §2.3.2): those with <c>$</c> are kept for registered ones, some are older than that.
    /// </summary>
    public static bool IsReserved(string keyword) =>
        keyword is ['$' or '\\', ..] || ReservedKeywords.Contains(keyword, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="MailException">InvalidInput <c>invalid_label</c>.</exception>
    public static string Color(string color)
    {
        var lower = color.ToLowerInvariant();
        return Colors.Contains(lower, StringComparer.Ordinal) || Hex().IsMatch(lower)
            ? lower
            : throw MailException.InvalidInput("invalid_label", $"color is one of {string.Join(", ", Colors)}, or #rrggbb.");
    }

    /// <summary>What is said of a label that a request names in vain.</summary>
    public static MailException Invalid(string field, string why) =>
        new(MailFault.InvalidInput, "invalid_label", $"{field}: {why}.") { Details = new Dictionary<string, string>(StringComparer.Ordinal) { [field] = why } };

    /// <summary>The labels that an account has by itself.</summary>
    public static IReadOnlyList<Label> System(AccountKey account) => [.. SystemNames.Select((system, i) => new Label
    {
        Id = $"{SystemPrefix}{account.Provider.Name()}:{account.Email}:{system.Name}",
        Type = LabelType.System,
        Name = system.Name,
        Color = system.Color,
        Account = account,
        Order = i,
    })];

    public static bool IsSystem(string id) => id.StartsWith(SystemPrefix, StringComparison.Ordinal) || IsWord(id);

    /// <summary>Whether it is a word such as <c>INBOX</c>, which messages show for their folder: it stands for the system labels of this name of all accounts.</summary>
    public static bool IsWord(string id) => Words.Contains(id, StringComparer.Ordinal);

    /// <summary>The label of all accounts that a word stands for.</summary>
    public static Label OfWord(string word)
    {
        var index = Array.IndexOf(Words, word);
        return new Label { Id = word, Type = LabelType.System, Name = SystemNames[index].Name, Color = SystemNames[index].Color, Account = null, Order = index };
    }

    [GeneratedRegex("^#[0-9a-f]{6}$", RegexOptions.NonBacktracking)]
    private static partial Regex Hex();
}
