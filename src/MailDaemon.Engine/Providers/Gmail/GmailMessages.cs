using System.Globalization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>What is Gmail's own in a message that was read, by whichever way. Pure.</summary>
internal static class GmailMessages
{
    /// <summary>The whole account: its history is one.</summary>
    public const string Scope = "";

    /// <param name="read">What its mail says.</param>
    public static RemoteMessage Of(RemoteMessage read, string id, string? threadId, IReadOnlyCollection<string> labelIds) => read with
    {
        RemoteId = id,
        Identity = id,
        ObjectId = null,
        Uid = null,
        ThreadId = threadId,
        FolderPath = GmailLabelIds.PlaceOf(labelIds),
        Flags = GmailLabelIds.FlagsOf(labelIds),
        ToldFlags = GmailLabelIds.Flags,
        NativeLabels = GmailLabelIds.OthersOf(labelIds),

        // Over IMAP it comes in seconds.
        Date = DateTimeOffset.FromUnixTimeSeconds(read.Date.ToUnixTimeSeconds()),
    };

    public static RemoteChange Change(string id, IReadOnlyCollection<string> labelIds) =>
        new(id, GmailLabelIds.FlagsOf(labelIds), GmailLabelIds.OthersOf(labelIds), GmailLabelIds.PlaceOf(labelIds)) { ToldFlags = GmailLabelIds.Flags };

    public static IReadOnlyList<string> LabelIds(KnownMessage known) => GmailLabelIds.All(known.FolderPath, known.Flags, known.NativeLabels);

    /// <summary>Ids are 64-bit numbers in hexadecimal digits; over IMAP the same number stands in decimal ones (X-GM-MSGID).</summary>
    /// <exception cref="MailException">It is none.</exception>
    public static ulong Number(string id) =>
        ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : throw GmailFaults.Odd();

    public static string Id(ulong number) => number.ToString("x", CultureInfo.InvariantCulture);
}
