using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Attachments as Graph's JSON.</summary>
internal static class AttachmentJson
{
    private static readonly string[] Names = ["id", "lastModifiedDateTime", "name", "contentType", "size", "isInline", "contentId", "contentLocation", "contentBytes"];

    /// <param name="select">Null for all properties, the content of files too.</param>
    /// <exception cref="GraphException">A property is unknown.</exception>
    public static JsonArray List(GraphMessage message, string? select)
    {
        var selected = ODataSelect.Parse(select?.Replace("microsoft.graph.fileAttachment/", "", StringComparison.OrdinalIgnoreCase), Names, "attachment");
        return new JsonArray([.. MessageAttachments.Of(message).Select(attachment => Write(message, attachment, selected))]);
    }

    public static JsonObject Write(GraphMessage message, MessageAttachment attachment, IReadOnlySet<string>? selected, bool withItem = false)
    {
        var json = new JsonObject { ["@odata.type"] = $"#microsoft.graph.{attachment.Kind}Attachment", ["@odata.mediaContentType"] = attachment.ContentType, ["id"] = attachment.Id };
        var isFile = attachment.Kind == "file";
        (string Name, Func<JsonNode?> Value)[] values =
        [
            ("lastModifiedDateTime", () => MessageJson.Date(message.ModifiedAt)),
            ("name", () => attachment.Name),
            ("contentType", () => attachment.ContentType),
            ("size", () => attachment.Part.DecodeBody().Length),
            ("isInline", () => attachment.IsInline),
            ("contentId", () => attachment.Part.ContentId),
            ("contentLocation", () => attachment.Part.Headers.Get("Content-Location")),
            ("contentBytes", () => Convert.ToBase64String(attachment.Part.DecodeBody())),
        ];
        foreach (var (name, value) in values.Where(one => (selected is null || selected.Contains(one.Name)) && (isFile || !one.Name.StartsWith("content", StringComparison.Ordinal) || one.Name == "contentType")))
        {
            json[name] = value();
        }

        if (withItem && attachment.Part.Embedded is { } item)
        {
            json["item"] = new JsonObject
            {
                ["@odata.type"] = "#microsoft.graph.message",
                ["subject"] = item.Headers.Subject,
                ["internetMessageId"] = item.Headers.MessageId,
                ["body"] = new JsonObject { ["contentType"] = item.HtmlBody is null ? "text" : "html", ["content"] = item.HtmlBody ?? item.TextBody ?? "" },
            };
        }

        return json;
    }
}
