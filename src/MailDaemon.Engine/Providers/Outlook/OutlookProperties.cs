using System.Globalization;
using GraphMessage = Microsoft.Graph.Models.Message;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>What only MAPI properties tell of a message ([MS-OXPROPS]): a delta cannot give them.</summary>
/// <param name="Size">PidTagMessageSize; null: not told.</param>
/// <param name="InReplyTo">PidTagInReplyToId; of drafts and sent mail Graph tells no fields of the header.</param>
/// <param name="References">PidTagInternetReferences.</param>
internal sealed record OutlookProperties(long? Size, string? InReplyTo, string? References)
{
    private const string SizeId = "Long 0xe08";
    private const string ReferencesId = "String 0x1039";
    private const string InReplyToId = "String 0x1042";

    public static readonly OutlookProperties None = new(null, null, null);

    /// <summary>The value of <c>$expand</c> that asks for them.</summary>
    public static readonly string[] Expand = [$"singleValueExtendedProperties($filter=id eq '{SizeId}' or id eq '{ReferencesId}' or id eq '{InReplyToId}')"];

    public static OutlookProperties Of(GraphMessage message) =>
        new(long.TryParse(Value(message, SizeId), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null, Value(message, InReplyToId), Value(message, ReferencesId));

    /// <summary>Graph writes the numbers in small letters and without leading zeros, however they were asked for.</summary>
    private static string? Value(GraphMessage message, string id) =>
        message.SingleValueExtendedProperties?.Find(property => string.Equals(property.Id, id, StringComparison.OrdinalIgnoreCase))?.Value;
}
