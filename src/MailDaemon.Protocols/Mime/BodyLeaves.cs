namespace MailDaemon.Protocols.Mime;

/// <summary>What is known of a leaf before its body is read; a parsed message and IMAP's BODYSTRUCTURE both give it.</summary>
public sealed record LeafDescription
{
    /// <summary>Lower-case, as <c>text/plain</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>Lower-case; null when the part names none.</summary>
    public string? Disposition { get; init; }

    public string? Filename { get; init; }

    public string? ContentId { get; init; }

    /// <summary>Subtype of the multipart the leaf stands in (<c>mixed</c>, <c>alternative</c>, <c>related</c>); empty at the top.</summary>
    public string ParentKind { get; init; } = "";

    /// <summary>Place among its siblings, from 0.</summary>
    public int IndexInParent { get; init; }

    /// <summary>Whether any multipart around the leaf is an alternative.</summary>
    public bool InAlternative { get; init; }

    /// <summary>Whether it is a multipart in which there is nothing; it is neither shown nor attached.</summary>
    public bool IsEmptyMultipart { get; init; }
}

/// <summary>Indices into the leaves, each list in the order of the message.</summary>
/// <param name="Text">Shown as plain text.</param>
/// <param name="Html">Shown as HTML; with any HTML leaf it also has the plain text that stands beside it outside of an alternative.</param>
/// <param name="Attachments">All others.</param>
/// <param name="Inline">The attachments that belong inside the shown body.</param>
public sealed record LeafRoles(IReadOnlyList<int> Text, IReadOnlyList<int> Html, IReadOnlyList<int> Attachments, IReadOnlyList<int> Inline);

/// <summary>Decides what of a message is shown and what is attached, in the spirit of JMAP (RFC 8621 §4.1.4).</summary>
public static class BodyLeaves
{
    /// <param name="leaves">All leaves in the order of the message; an embedded message is one leaf.</param>
    public static LeafRoles Decide(IReadOnlyList<LeafDescription> leaves)
    {
        var shown = Enumerable.Range(0, leaves.Count).Where(index => IsShown(leaves, index)).ToList();
        var hasHtml = shown.Exists(index => IsHtml(leaves[index]));
        var attachments = Enumerable.Range(0, leaves.Count).Except(shown).Where(index => !leaves[index].IsEmptyMultipart).ToList();
        return new LeafRoles(
            shown.FindAll(index => !IsHtml(leaves[index])),
            hasHtml ? shown.FindAll(index => IsHtml(leaves[index]) || !leaves[index].InAlternative) : [],
            attachments,
            attachments.FindAll(index => IsInline(leaves[index])));
    }

    private static bool IsHtml(LeafDescription leaf) => leaf.MediaType == "text/html";

    private static bool IsText(LeafDescription leaf) => leaf.MediaType is "text/plain" or "text/html";

    private static bool IsShown(IReadOnlyList<LeafDescription> leaves, int index)
    {
        var leaf = leaves[index];
        if (!IsText(leaf) || leaf.Disposition is not (null or "" or "inline"))
        {
            return false;
        }

        if (leaf is { ParentKind: "related", IndexInParent: > 0, ContentId: not null })
        {
            return false; // a resource of the first part, such as the page of a frame
        }

        // A named text is a file, unless it stands where the body should: nothing but it would be shown.
        var isPlaced = leaf.InAlternative || leaf is { ParentKind: "related", IndexInParent: 0 };
        return leaf.Filename is null || isPlaced || !leaves.Where((other, i) => i < index || (i > index && other.Filename is null)).Any(IsBody);
    }

    private static bool IsBody(LeafDescription leaf) => IsText(leaf) && leaf.Disposition is (null or "" or "inline");

    private static bool IsInline(LeafDescription leaf)
    {
        var isPicture = leaf.MediaType.StartsWith("image/", StringComparison.Ordinal);
        return leaf.Disposition switch
        {
            "inline" => true,
            null or "" => leaf.ContentId is not null && (isPicture || leaf.ParentKind == "related"),
            _ => leaf.ContentId is not null && isPicture && leaf.ParentKind == "related", // QUIRK: Outlook calls the pictures of its HTML attachments
        };
    }
}
