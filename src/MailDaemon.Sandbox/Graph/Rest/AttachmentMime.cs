using System.Text;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Attachments in JSON as parts in MIME.</summary>
internal static class AttachmentMime
{
    /// <summary>The largest file that comes in JSON; larger ones need an upload session.</summary>
    private const int MaxFile = 3 * 1024 * 1024;

    /// <exception cref="GraphException">It is no attachment, or too large.</exception>
    public static byte[] Part(JsonElement json)
    {
        var type = json.Text("@odata.type") ?? "";
        var name = json.Text("name") is { Length: > 0 } given ? given : throw new GraphException(400, "ErrorRequiredPropertyMissing", "Required property is missing.");
        return type.TrimStart('#') switch
        {
            "microsoft.graph.fileAttachment" => File(name, json.Text("contentType"), json.Truth("isInline") ?? false, json.Text("contentId"), Bytes(json)),
            "microsoft.graph.itemAttachment" => Item(name, json),
            "microsoft.graph.referenceAttachment" => Encoding.UTF8.GetBytes(
                $"Content-Type: message/external-body; access-type=URL; URL=\"{json.Text("sourceUrl")?.Replace("\"", "%22", StringComparison.Ordinal)}\"; name*=utf-8''{Uri.EscapeDataString(name)}\r\nContent-Disposition: attachment\r\n\r\n"),
            _ => throw GraphException.BadBody($"The attachment type '{type}' is not known."),
        };
    }

    public static byte[] File(string name, string? contentType, bool isInline, string? contentId, ReadOnlySpan<byte> bytes)
    {
        var media = contentType is { Length: > 0 } && contentType.Contains('/', StringComparison.Ordinal) && !contentType.Any(char.IsControl) ? contentType : "application/octet-stream";
        var escaped = Uri.EscapeDataString(name);
        var header = new StringBuilder().Append("Content-Type: ").Append(media).Append("; name*=utf-8''").Append(escaped).Append("\r\nContent-Disposition: ").Append(isInline ? "inline" : "attachment")
            .Append("; filename*=utf-8''").Append(escaped).Append("\r\n");
        if (contentId is { Length: > 0 } && !contentId.Any(char.IsControl))
        {
            header.Append("Content-ID: <").Append(contentId.Trim('<', '>')).Append(">\r\n");
        }

        // A message goes as it is: RFC 2046 §5.2.1 allows no other encoding for it.
        return media.StartsWith("message/rfc822", StringComparison.OrdinalIgnoreCase)
            ? [.. Encoding.UTF8.GetBytes(header.Append("\r\n").ToString()), .. bytes]
            : Encoding.UTF8.GetBytes(header.Append("Content-Transfer-Encoding: base64\r\n\r\n").Append(MimeEdit.Lines(bytes)).ToString());
    }

    private static byte[] Bytes(JsonElement json)
    {
        var bytes = Decode(json.Text("contentBytes") ?? "") ?? throw GraphException.BadBody("Cannot convert the literal of 'contentBytes' to the expected type 'Edm.Binary'.");
        return bytes.Length <= MaxFile ? bytes : throw GraphException.TooLarge();
    }

    public static byte[]? Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[] Item(string name, JsonElement json)
    {
        var item = json.Object("item") ?? throw new GraphException(400, "ErrorRequiredPropertyMissing", "Required property is missing.");
        var body = item.Object("body");
        var header = $"Subject: {EncodedWord.Encode(item.Text("subject") ?? name)}\r\nMIME-Version: 1.0\r\n";
        byte[] message = [.. Encoding.UTF8.GetBytes(header), .. MimeEdit.TextPart(body?.Text("content") ?? "", body?.Text("contentType") == "html")];
        return File(name, "message/rfc822", false, null, message);
    }
}
