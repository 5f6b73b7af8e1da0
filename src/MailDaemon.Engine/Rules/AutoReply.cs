using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>
/// Which mail may be answered by a machine, to whom and in what words (RFC 3834, RFC 5230 §4). Pure. The limits of how often are with
/// whoever sends.
/// </summary>
internal static partial class AutoReply
{
    /// <summary>One sender is answered once in so many days, unless the rule says otherwise (RFC 5230 §4.2).</summary>
    public const int DefaultDays = 7;

    /// <summary>Why a mail is not answered; null when it may be.</summary>
    /// <param name="own">The address of the account that it came to.</param>
    /// <param name="ours">Those of all accounts.</param>
    public static string? Refusal(MessageDetail message, IReadOnlyList<HeaderLine> header, string own, OwnAddresses ours)
    {
        if (message.Folder is "sent" or "drafts" or "trash" or "spam")
            return $"it is in {message.Folder}";
        if (Recipient(message, header) is not { Length: > 0 } sender || !Protocols.Mime.Mailbox.IsAddress(sender))
            return "it names no sender that could be answered";
        if (new[] { sender, message.From.Address }.Any(ours.Contains))
            return "it is from an account of ours";
        return MachineMail.Reason(message.From, header)
            ?? (IsSpam(header) ? "it is marked as spam" : IsToUs(message, header, own) ? null : "this account is not named in To or Cc");
    }

    /// <summary>Whom to answer: the return path (RFC 3834 §4), where the server that delivered it says it; never Reply-To.</summary>
    public static string Recipient(MessageDetail message, IReadOnlyList<HeaderLine> header) =>
        Get(header, "Return-Path") is { } path ? MachineMail.Address(path) : message.From.Address;

    /// <summary>What marks an answer as that of a machine (RFC 3834 §5, and Exchange's word for the same).</summary>
    public static IReadOnlyList<HeaderLine> Header { get; } = [new("Auto-Submitted", "auto-replied"), new("X-Auto-Response-Suppress", "All")];

    /// <summary>RFC 5230 §4.5.</summary>
    public static string Subject(string original) => $"Auto: {original.Trim()}".TrimEnd();

    /// <summary>Fills in <c>{{from.name}}, {{from.address}}, {{subject}}</c> and <c>{{date}}</c>; what a sender wrote is text there, never markup.</summary>
    public static string Render(string template, bool isHtml, MessageDetail message) =>
        Placeholder().Replace(template, match =>
        {
            var value = match.Groups["name"].Value.ToLowerInvariant() switch
            {
                "from.name" => message.From.Name.Length > 0 ? message.From.Name : message.From.Address,
                "from.address" => message.From.Address,
                "subject" => message.Subject,
                "date" => message.Date.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
                _ => null,
            };
            return value is null ? match.Value : isHtml ? WebUtility.HtmlEncode(value) : value;
        });

    private static bool IsSpam(IReadOnlyList<HeaderLine> header) => Get(header, "X-Spam-Flag") is { } spam && spam.TrimStart().StartsWith("yes", StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 5230 §4.5: only who was written to answers.</summary>
    private static bool IsToUs(MessageDetail message, IReadOnlyList<HeaderLine> header, string own) =>
        message.To.Concat(message.Cc).Select(address => address.Address)
            .Concat(header.Where(line => line.Name.ToLowerInvariant() is "resent-to" or "resent-cc").SelectMany(line => EmailAddress.TryParseList(line.Value) ?? []).Select(address => address.Address))
            .Contains(own, StringComparer.OrdinalIgnoreCase);

    private static string? Get(IReadOnlyList<HeaderLine> header, string name) =>
        header.FirstOrDefault(line => string.Equals(line.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;

    [GeneratedRegex(@"\{\{\s*(?<name>[a-zA-Z.]{1,20})\s*\}\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
