using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Properties of messages by which lists can be filtered and sorted.</summary>
internal static class MessageProperties
{
    public static ODataProperties<GraphMessage> For(GraphCall call) => new((message, name) => Get(call, message, name), Names);

    private static HashSet<string> Names { get; } = new(StringComparer.Ordinal)
    {
        "id", "receivedDateTime", "sentDateTime", "createdDateTime", "lastModifiedDateTime", "isRead", "isDraft", "hasAttachments", "internetMessageId", "subject", "importance",
        "categories", "parentFolderId", "conversationId", "from/emailAddress/address", "from/emailAddress/name", "sender/emailAddress/address", "flag/flagStatus", "bodyPreview",
    };

    private static object? Get(GraphCall call, GraphMessage message, string name)
    {
        var header = message.Content.Header;
        return name switch
        {
            "id" => call.IdOf(message),
            "receivedDateTime" => Second(message.ReceivedAt),
            "sentDateTime" => Second(header.Date ?? message.ReceivedAt),
            "createdDateTime" => Second(message.CreatedAt),
            "lastModifiedDateTime" => Second(message.ModifiedAt),
            "isRead" => message.IsRead,
            "isDraft" => message.IsDraft,
            "hasAttachments" => message.Content.HasAttachments,
            "internetMessageId" => message.InternetMessageId,
            "subject" => message.Subject,
            "importance" => message.Importance,
            "categories" => (IReadOnlyList<string>)message.Categories,
            "parentFolderId" => message.FolderId,
            "conversationId" => message.ConversationId,
            "from/emailAddress/address" => header.From is [var from, ..] ? from.Address : null,
            "from/emailAddress/name" => header.From is [var from, ..] ? from.Name : null,
            "sender/emailAddress/address" => header.Sender.Concat(header.From).FirstOrDefault()?.Address,
            "flag/flagStatus" => MessageJson.FlagStatus(message.Flag),
            "bodyPreview" => message.Content.Preview,
            _ => null,
        };
    }

    /// <summary>As the dates are written.</summary>
    private static DateTimeOffset Second(DateTimeOffset date) => DateTimeOffset.FromUnixTimeSeconds(date.ToUnixTimeSeconds());
}
