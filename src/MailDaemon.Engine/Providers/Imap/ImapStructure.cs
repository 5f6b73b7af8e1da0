using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>A leaf of a message as BODYSTRUCTURE tells it, or its own header where that was asked.</summary>
internal sealed record ImapLeaf(BodyPart Part, ContentType Type, LeafDescription Description)
{
    /// <summary>The transfer encoding, in lower case.</summary>
    public string Encoding { get; init; } = Part.Encoding;

    /// <summary>What the part's header says, where it says anything.</summary>
    public ImapLeaf Told(HeaderBlock header)
    {
        if (header.Find("Content-Type") is null && header.Disposition is null)
        {
            return this;
        }

        var type = header.Find("Content-Type") is null ? Type : header.ContentType;
        return this with
        {
            Type = type,
            Encoding = header.TransferEncoding,
            Description = Description with
            {
                MediaType = type.MediaType,
                Disposition = header.Disposition?.Kind,
                Filename = header.Disposition?.Filename ?? type.Name,
                ContentId = header.ContentId ?? Description.ContentId,
            },
        };
    }
}

/// <summary>
/// A message's leaves and what they are for. Pure; the same leaves in the same order give attachments their ids for ever. Servers read broken
/// headers in ways of their own: where what they tell is doubtful, the part's header decides, or the message itself.
/// </summary>
internal sealed record ImapStructure(IReadOnlyList<ImapLeaf> Leaves, LeafRoles Roles)
{
    /// <summary>Headers of parts that are asked for of one message.</summary>
    private const int MaxDoubted = 32;

    private const int MaxEnding = 10;

    /// <param name="header">The message's header, which decides where the message is one part.</param>
    public static ImapStructure Of(BodyPart root, HeaderBlock? header = null)
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

        return Of(root.IsMultipart || header is null ? leaves : leaves.ConvertAll(leaf => leaf.Told(header)));
    }

    /// <summary>Whether a message must be read itself: its header says that it has parts and the server found none, or the other way round.</summary>
    public static bool IsRefuted(BodyPart root, HeaderBlock header) =>
        root.IsMultipart != IsMultipart(header.ContentType) || (root.IsMultipart && root.Children is [] or [{ IsMultipart: false, Size: 0 }]);

    /// <summary>Whether a part's own header says that it is not one leaf, so that the server has read the message otherwise than it is.</summary>
    public bool IsContradicted => Leaves.Any(leaf => IsMultipart(leaf.Type) || (leaf.Type.MediaType == "message/rfc822") != (leaf.Part.MediaType == "message/rfc822"));

    /// <summary>Sections of the headers of those parts that the server may have read wrongly.</summary>
    public IReadOnlyList<string> Doubted => [.. Leaves.Where(leaf => leaf.Part.Section.Length > 0 && leaf.Description.ParentKind.Length > 0 && IsDoubtful(leaf)).Take(MaxDoubted).Select(HeaderSection)];

    /// <summary>The structure with what the headers of parts say.</summary>
    public ImapStructure With(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> sections) => sections.Keys.Any(key => key.EndsWith(".MIME", StringComparison.Ordinal))
        ? Of([.. Leaves.Select(leaf => sections.TryGetValue(HeaderSection(leaf), out var header) ? leaf.Told(MimeParser.ParseHeaders(header)) : leaf)])
        : this;

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

    public static ImapStructure Of(List<ImapLeaf> leaves) => new(leaves, BodyLeaves.Decide([.. leaves.Select(l => l.Description)]));

    private static bool IsMultipart(ContentType type) => type.MediaType.StartsWith("multipart/", StringComparison.Ordinal);

    private static string HeaderSection(ImapLeaf leaf) => $"{leaf.Part.Section}.MIME";

    /// <summary>8-bit names, names cut at a blank or missing, and the types that stand for one that was not understood.</summary>
    private static bool IsDoubtful(ImapLeaf leaf)
    {
        var part = leaf.Part;
        if (part.Parameters.Values.Concat(part.DispositionParameters.Values).Any(value => value.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            return true;
        }

        return part.MediaType switch
        {
            "application/octet-stream" => true,
            "text/plain" when leaf.Description.Filename is null => part.Parameters.All(p => p.Key.Equals("charset", StringComparison.OrdinalIgnoreCase) && p.Value.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)),
            _ when part.IsEmbeddedMessage || part.MediaType == "text/html" => leaf.Description.Filename is { } name && !HasEnding(name),
            _ => leaf.Description.Filename is not { } name || !HasEnding(name),
        };
    }

    private static bool HasEnding(string name) =>
        name.LastIndexOf('.') is var dot and > 0 && name.Length - dot - 1 is > 0 and <= MaxEnding && !name.AsSpan(dot).Contains(' ');

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
        Filename = leaf.Description.Filename ?? FileTypes.NameFor(leaf.Part.IsEmbeddedMessage ? "message/rfc822" : leaf.Type.MediaType, id),
        MimeType = leaf.Type.MediaType,
        Size = DecodedSize(leaf),
        SizeIsEstimate = leaf.Encoding is "base64" or "quoted-printable",
        IsInline = isInline,
        ContentId = leaf.Description.ContentId,
    };

    /// <summary>The server tells encoded bytes; base64 in lines of 76 characters is 57 bytes a line of 78.</summary>
    private static long DecodedSize(ImapLeaf leaf) => leaf.Encoding == "base64" ? leaf.Part.Size * 57 / 78 : leaf.Part.Size;

    private static bool IsMachinery(string mediaType) => mediaType is
        "application/pgp-signature" or "application/pkcs7-signature" or "application/x-pkcs7-signature" or "application/pgp-encrypted"
        or "message/delivery-status" or "message/disposition-notification" or "message/global-delivery-status" or "text/rfc822-headers"
        or "message/feedback-report" or "text/x-amp-html";
}
