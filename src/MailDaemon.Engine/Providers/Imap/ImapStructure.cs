using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>A leaf of a message as BODYSTRUCTURE tells it.</summary>
internal sealed record ImapLeaf(BodyPart Part, ContentType Type, LeafDescription Description);

/// <summary>A message's leaves and what they are for. Pure; the same leaves in the same order give attachments their ids for ever.</summary>
internal sealed record ImapStructure(IReadOnlyList<ImapLeaf> Leaves, LeafRoles Roles)
{
    public static ImapStructure Of(BodyPart root)
    {
        var leaves = new List<ImapLeaf>();
        var waiting = new Stack<(BodyPart Part, string ParentKind, int Index, bool InAlternative)>();
        waiting.Push((root, "", 0, false));
        while (waiting.TryPop(out var entry))
        {
            var (part, parentKind, index, inAlternative) = entry;
            if (!part.IsMultipart)
            {
                leaves.Add(Leaf(part, parentKind, index, inAlternative));
                continue;
            }

            var kind = part.MediaType["multipart/".Length..];
            for (var i = part.Children.Count - 1; i >= 0; i--)
            {
                waiting.Push((part.Children[i], kind, i, inAlternative || kind == "alternative"));
            }
        }

        return new ImapStructure(leaves, BodyLeaves.Decide([.. leaves.Select(l => l.Description)]));
    }

    /// <summary>The leaves of the shown bodies, text and HTML, in the order of the message.</summary>
    public IEnumerable<ImapLeaf> Shown => Roles.Text.Concat(Roles.Html).Distinct().Order().Select(i => Leaves[i]);

    public IReadOnlyList<LeafDescription> Descriptions { get; } = [.. Leaves.Select(leaf => leaf.Description)];

    /// <param name="html">The shown HTML, which says which of them are inside it; null when there is none.</param>
    public IReadOnlyList<Attachment> Attachments(string? html)
    {
        var inline = BodyLeaves.Inline(Descriptions, Roles, html).ToHashSet();
        return [.. Roles.Attachments.Select((leaf, id) => Describe(Leaves[leaf], id, inline.Contains(leaf)))];
    }

    /// <summary>Whether there is what a person would call an attachment: not a picture inside the text, a signature or a delivery report.</summary>
    public static bool HasFiles(IEnumerable<Attachment> attachments) => attachments.Any(attachment => !attachment.IsInline && !IsMachinery(attachment.MimeType));

    private static ImapLeaf Leaf(BodyPart part, string parentKind, int index, bool inAlternative)
    {
        var slash = part.MediaType.IndexOf('/', StringComparison.Ordinal);
        var type = slash > 0
            ? ContentType.Create(part.MediaType[..slash], part.MediaType[(slash + 1)..], part.Parameters)
            : ContentType.Create("application", "octet-stream", part.Parameters);
        var disposition = part.Disposition is null ? null : ContentDisposition.Create(part.Disposition, part.DispositionParameters);
        return new ImapLeaf(part, type, new LeafDescription
        {
            MediaType = type.MediaType,
            Disposition = disposition?.Kind,
            Filename = disposition?.Filename ?? type.Name,
            ContentId = part.Id?.Trim().TrimStart('<').TrimEnd('>') is { Length: > 0 } id ? id : null,
            Location = part.Location,
            ParentKind = parentKind,
            IndexInParent = index,
            InAlternative = inAlternative,
        });
    }

    private static Attachment Describe(ImapLeaf leaf, int id, bool isInline) => new()
    {
        Id = id.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Filename = leaf.Description.Filename ?? DefaultName(leaf, id),
        MimeType = leaf.Type.MediaType,
        Size = DecodedSize(leaf.Part),
        IsInline = isInline,
        ContentId = leaf.Description.ContentId,
    };

    private static string DefaultName(ImapLeaf leaf, int id) => leaf.Part.IsEmbeddedMessage
        ? $"message-{id}.eml"
        : $"attachment-{id}";

    /// <summary>The server tells encoded bytes; base64 in lines of 76 characters is 57 bytes a line of 78.</summary>
    private static long DecodedSize(BodyPart part) => part.Encoding == "base64" ? part.Size * 57 / 78 : part.Size;

    private static bool IsMachinery(string mediaType) => mediaType is
        "application/pgp-signature" or "application/pkcs7-signature" or "application/x-pkcs7-signature" or "application/pgp-encrypted"
        or "message/delivery-status" or "message/disposition-notification" or "message/global-delivery-status" or "text/rfc822-headers"
        or "message/feedback-report" or "text/x-amp-html";
}
