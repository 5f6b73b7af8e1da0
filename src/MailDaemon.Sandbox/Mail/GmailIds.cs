using System.Globalization;

namespace MailDaemon.Sandbox.Mail;

/// <summary>
/// Gmail's numbers of messages and threads: 64 bits, decimal in IMAP (X-GM-MSGID, X-GM-THRID) and hexadecimal in the API.
/// They are made of the sandbox's own ids, <c>M12</c> and <c>T12</c>.
/// </summary>
internal static class GmailIds
{
    /// <summary>Gmail's numbers take more than 60 bits.</summary>
    private const long First = 1_700_000_000_000_000_000;

    public static string Decimal(string id) => Number(id).ToString(CultureInfo.InvariantCulture);

    public static string Hex(string id) => Number(id).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The content id of a message of the API; null when it cannot be one.</summary>
    public static string? EmailId(string hex) =>
        long.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number > First
            ? string.Create(CultureInfo.InvariantCulture, $"M{number - First}")
            : null;

    private static long Number(string id) => First + long.Parse(id.AsSpan(1), CultureInfo.InvariantCulture);
}
