using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>A message as Graph's JSON: the properties that are asked for, and those of <c>$expand</c>.</summary>
internal static class MessageJson
{
    private static readonly Dictionary<string, Func<GraphCall, GraphMessage, JsonNode?>> Properties = new(StringComparer.Ordinal)
    {
        ["createdDateTime"] = (_, message) => Date(message.CreatedAt),
        ["lastModifiedDateTime"] = (_, message) => Date(message.ModifiedAt),
        ["changeKey"] = (_, message) => ChangeKey(message),
        ["categories"] = (_, message) => new JsonArray([.. message.Categories.Select(name => JsonValue.Create(name))]),
        ["receivedDateTime"] = (_, message) => Date(message.ReceivedAt),
        ["sentDateTime"] = (_, message) => Date(message.Content.Header.Date ?? message.ReceivedAt),
        ["hasAttachments"] = (_, message) => message.Content.HasAttachments,
        ["internetMessageId"] = (_, message) => message.InternetMessageId,
        ["subject"] = (_, message) => message.Subject,
        ["bodyPreview"] = (_, message) => message.Content.Preview,
        ["importance"] = (_, message) => message.Importance,
        ["parentFolderId"] = (_, message) => message.FolderId,
        ["conversationId"] = (_, message) => message.ConversationId,
        ["conversationIndex"] = (_, message) => message.ConversationId[^12..],
        ["isDeliveryReceiptRequested"] = (_, message) => message.Content.Header.Find("Return-Receipt-To") is not null,
        ["isReadReceiptRequested"] = (_, message) => message.Content.Header.Find("Disposition-Notification-To") is not null,
        ["isRead"] = (_, message) => message.IsRead,
        ["isDraft"] = (_, message) => message.IsDraft,
        ["webLink"] = (_, message) => $"https://outlook.example/owa/?ItemID={Uri.EscapeDataString(message.Id)}&exvsurl=1&viewmodel=ReadMessageItem",
        ["inferenceClassification"] = (_, _) => "focused",
        ["body"] = Body,
        ["sender"] = (_, message) => Recipient(message.Content.Header.Sender.Concat(message.Content.Header.From).FirstOrDefault()),
        ["from"] = (_, message) => Recipient(message.Content.Header.From is [var from, ..] ? from : null),
        ["toRecipients"] = (_, message) => Recipients(message.Content.Header.To),
        ["ccRecipients"] = (_, message) => Recipients(message.Content.Header.Cc),
        ["bccRecipients"] = (_, message) => Recipients(message.Content.Header.Bcc),
        ["replyTo"] = (_, message) => Recipients(message.Content.Header.ReplyTo),
        ["flag"] = (_, message) => new JsonObject { ["flagStatus"] = FlagStatus(message.Flag) },
    };

    /// <summary>Given when they are asked for only.</summary>
    private static readonly Dictionary<string, Func<GraphCall, GraphMessage, JsonNode?>> OnDemand = new(StringComparer.Ordinal)
    {
        ["id"] = (call, message) => call.IdOf(message),
        ["internetMessageHeaders"] = (_, message) => message.IsDraft ? null : new JsonArray([.. message.Content.Header.Fields.Select(field => new JsonObject { ["name"] = field.Name, ["value"] = field.Value })]),
        ["uniqueBody"] = Body,
    };

    /// <summary>What <c>$select</c> of a list or an item names.</summary>
    /// <exception cref="GraphException">A property is unknown.</exception>
    public static IReadOnlySet<string>? Selected(string? select) => ODataSelect.Parse(select, Properties.Keys.Concat(OnDemand.Keys).Concat(["attachments", "extensions", "singleValueExtendedProperties", "multiValueExtendedProperties"]), "message");

    /// <param name="selected">Null for all that come unasked.</param>
    public static JsonObject Write(GraphCall call, GraphMessage message, IReadOnlySet<string>? selected, IReadOnlyList<ODataExpand> expands)
    {
        var json = new JsonObject { ["@odata.etag"] = $"W/\"{ChangeKey(message)}\"", ["id"] = call.IdOf(message) };
        foreach (var name in selected ?? (IEnumerable<string>)Properties.Keys)
        {
            if (name != "id" && (Properties.TryGetValue(name, out var write) || OnDemand.TryGetValue(name, out write)))
            {
                json[name] = write(call, message);
            }
        }

        foreach (var expand in expands)
        {
            json[expand.Property] = Expanded(call, message, expand);
        }

        return json;
    }

    /// <summary>The message as the call's <c>$select</c> and <c>$expand</c> want it.</summary>
    public static JsonObject Write(GraphCall call, GraphMessage message)
    {
        var json = new JsonObject { ["@odata.context"] = $"{call.BaseUrl}/$metadata#users('me')/messages/$entity" };
        foreach (var (name, value) in Write(call, message, Selected(call.One("select")), ODataExpand.Parse(call.One("expand"))))
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>As Graph names the values.</summary>
    public static string FlagStatus(GraphFlag flag) => flag switch { GraphFlag.Flagged => "flagged", GraphFlag.Complete => "complete", _ => "notFlagged" };

    public static string Date(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string ChangeKey(GraphMessage message) => $"CQAAABYAAAC{message.Change.ToString("x", CultureInfo.InvariantCulture)}";

    private static JsonObject? Recipient(Mailbox? mailbox) =>
        mailbox is null ? null : new JsonObject { ["emailAddress"] = new JsonObject { ["name"] = mailbox.Name.Length > 0 ? mailbox.Name : mailbox.Address, ["address"] = mailbox.Address } };

    private static JsonArray Recipients(IEnumerable<Mailbox> mailboxes) => new([.. mailboxes.Select(Recipient)]);

    /// <summary>HTML, whatever the message has, unless the client prefers text.</summary>
    private static JsonObject Body(GraphCall call, GraphMessage message)
    {
        var mime = message.Content.Mime;
        var text = call.PrefersText;
        var content = text ? message.Content.Text
            : mime.HtmlBody ?? $"<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body><div class=\"PlainText\">{WebUtility.HtmlEncode(mime.TextBody ?? "").Replace("\n", "<br>\r\n", StringComparison.Ordinal)}</div></body></html>";
        return new JsonObject { ["contentType"] = text ? "text" : "html", ["content"] = content };
    }

    private static JsonArray Expanded(GraphCall call, GraphMessage message, ODataExpand expand) => expand.Property switch
    {
        "attachments" => AttachmentJson.List(message, expand.Options.GetValueOrDefault("select")),
        "singleValueExtendedProperties" => ExtendedProperties.Write(message, expand.Options.GetValueOrDefault("filter")),
        "multiValueExtendedProperties" or "extensions" => [],
        _ => throw GraphException.BadUri($"Could not find a property named '{expand.Property}' on type 'microsoft.graph.message'."),
    };
}
