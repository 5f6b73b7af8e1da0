using System.Security.Cryptography;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>An attachment of a message.</summary>
/// <param name="Kind"><c>file</c>, <c>item</c> for a message, or <c>reference</c> for an address.</param>
internal sealed record MessageAttachment(string Id, string Kind, MimePart Part, bool IsInline)
{
    public string Name => Part.Filename ?? (Kind == "item" ? Part.Embedded?.Headers.Subject ?? "" : "");

    public string ContentType => Part.ContentType.MediaType;
}

/// <summary>The attachments of messages. Their ids are made of their bytes, so that they stay when another is added or removed.</summary>
internal static class MessageAttachments
{
    private const string Prefix = "AAMkAT+/";
    private const int HashSize = 20;

    public static IReadOnlyList<MessageAttachment> Of(GraphMessage message)
    {
        var mime = message.Content.Mime;
        var seen = new Dictionary<string, byte>(StringComparer.Ordinal);
        var attachments = new List<MessageAttachment>();
        foreach (var part in mime.Attachments)
        {
            var hash = SHA256.HashData(part.Raw.Span)[..(HashSize - 1)];
            var key = Convert.ToBase64String(hash);
            var number = seen[key] = (byte)(seen.TryGetValue(key, out var before) ? before + 1 : 0);
            var isInline = mime.Inline.Contains(part) || (part.Headers.Disposition?.Kind == "inline" && part.ContentId is not null);
            attachments.Add(new MessageAttachment(Prefix + Convert.ToBase64String([.. hash, number]), KindOf(part), part, isInline));
        }

        return attachments;
    }

    /// <exception cref="GraphException">There is none, or the id can be none.</exception>
    public static MessageAttachment Find(GraphMessage message, string id)
    {
        if (!id.StartsWith(Prefix, StringComparison.Ordinal) || !Convert.TryFromBase64String(id[Prefix.Length..], new byte[HashSize + 3], out var length) || length != HashSize)
        {
            throw GraphException.MalformedId();
        }

        return Of(message).FirstOrDefault(attachment => attachment.Id == id) ?? throw GraphException.NotFound();
    }

    private static string KindOf(MimePart part) => part.ContentType.MediaType switch
    {
        "message/rfc822" => "item",
        "message/external-body" => "reference",
        _ => "file",
    };
}
