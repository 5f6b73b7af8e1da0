using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Gmail.Mailboxes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>
/// A message as Google's JSON: 64-bit numbers as strings, bytes in base64url. Text bodies are in UTF-8 whatever their header says, as Gmail
/// gives them.
/// </summary>
internal sealed partial class MessageJson(AttachmentIds attachmentIds, bool decodesHeaders)
{
    private const int MaxSnippet = 200;

    public static JsonObject Reference(GmailMessage message) => new() { ["id"] = message.Id, ["threadId"] = message.ThreadId };

    /// <summary>Ids and labels, as answers to changes have them.</summary>
    public static JsonObject WithLabels(GmailMessage message)
    {
        var json = Reference(message);
        if (message.LabelIds.Count > 0)
        {
            json["labelIds"] = Strings(message.LabelIds);
        }

        return json;
    }

    public static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    /// <exception cref="GmailException">The format is none, or more than the token is good for.</exception>
    public JsonObject Write(GmailMessage message, GmailCall call)
    {
        var format = (call.One("format") ?? "full").ToLowerInvariant();
        if (format is "full" or "raw" && !GmailScopes.ForAttachments.Any(call.Scopes.Contains))
        {
            throw new GmailException(403, "forbidden", "PERMISSION_DENIED", $"Metadata scope doesn't allow format {format.ToUpperInvariant()}");
        }

        var mime = MimeParser.Parse(message.Raw);
        var json = WithLabels(message);
        json["snippet"] = Snippet(mime);
        json["sizeEstimate"] = message.Raw.Length;
        json["historyId"] = message.HistoryId.ToString(CultureInfo.InvariantCulture);
        json["internalDate"] = message.InternalDate.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        switch (format)
        {
            case "minimal":
                break;
            case "raw":
                json["raw"] = GoogleBase64.Encode(message.Raw.Span);
                break;
            case "metadata":
                json["payload"] = new JsonObject { ["mimeType"] = mime.Root.ContentType.MediaType, ["headers"] = Headers(mime.Root, call.All("metadataHeaders")) };
                break;
            case "full":
                json["payload"] = Part(message, mime.Root, "");
                break;
            default:
                throw GmailException.InvalidArgument($"Invalid value at 'format' (TYPE_ENUM), \"{format}\"");
        }

        return json;
    }

    public static string Snippet(GmailMessage message) => Snippet(MimeParser.Parse(message.Raw));

    /// <summary>The parts directly below: of a multipart, or of the message that a part is.</summary>
    public static IReadOnlyList<MimePart> Below(MimePart part) => part.Children.Count > 0 ? part.Children : part.Embedded is { } embedded ? [embedded.Root] : [];

    private JsonObject Part(GmailMessage message, MimePart part, string partId)
    {
        var json = new JsonObject
        {
            ["partId"] = partId,
            ["mimeType"] = part.ContentType.MediaType,
            ["filename"] = part.Children.Count > 0 ? "" : part.Filename ?? "",
            ["headers"] = Headers(part, []),
            ["body"] = part.Children.Count > 0 ? new JsonObject { ["size"] = 0 } : Body(message, part, partId),
        };
        if (Below(part) is { Count: > 0 } below)
        {
            json["parts"] = new JsonArray([.. below.Select((child, i) => (JsonNode)Part(message, child, partId.Length == 0 ? Text(i) : $"{partId}.{Text(i)}"))]);
        }

        return json;
    }

    private JsonObject Body(GmailMessage message, MimePart part, string partId)
    {
        var isShown = part.ContentType.Type.Equals("text", StringComparison.OrdinalIgnoreCase) && part.Filename is null && part.Headers.Disposition?.Kind != "attachment";
        var bytes = isShown ? Encoding.UTF8.GetBytes(part.DecodeText()) : part.DecodeBody();
        var body = new JsonObject();
        if (!isShown)
        {
            body["attachmentId"] = attachmentIds.Create(message.Id, partId);
        }

        body["size"] = bytes.Length;
        if (isShown && bytes.Length > 0)
        {
            body["data"] = GoogleBase64.Encode(bytes);
        }

        return body;
    }

    private JsonArray Headers(MimePart part, IReadOnlyList<string> names) => new([.. part.Headers.Fields
        .Where(field => names.Count == 0 || names.Any(field.Is))
        .Select(field => (JsonNode)new JsonObject { ["name"] = field.Name, ["value"] = decodesHeaders ? field.Value : field.UnfoldedValue })]);

    private static string Snippet(MimeMessage mime)
    {
        var text = mime.TextBody ?? WebUtility.HtmlDecode(Tags().Replace(mime.HtmlBody ?? "", " "));
        text = Blanks().Replace(text, " ").Trim();
        if (text.Length > MaxSnippet)
        {
            text = text[..(char.IsHighSurrogate(text[MaxSnippet - 1]) ? MaxSnippet - 1 : MaxSnippet)];
        }

        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("<style.*?</style>|<script.*?</script>|<[^>]*>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
