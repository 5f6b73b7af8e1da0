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

    /// <summary>The Content-Location, by which HTML may name the leaf (RFC 2557); null when there is none.</summary>
    public string? Location { get; init; }

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
/// <param name="Attachments">All others, and a file that is shown for want of a body.</param>
public sealed record LeafRoles(IReadOnlyList<int> Text, IReadOnlyList<int> Html, IReadOnlyList<int> Attachments);

/// <summary>Decides what of a message is shown and what is attached, in the spirit of JMAP (RFC 8621 §4.1.4).</summary>
public static class BodyLeaves
{
    /// <param name="leaves">All leaves in the order of the message; an embedded message is one leaf.</param>
    public static LeafRoles Decide(IReadOnlyList<LeafDescription> leaves)
    {
        var all = Enumerable.Range(0, leaves.Count);
        var shown = all.Where(index => IsShown(leaves, index, IsUsualText)).ToList();
        var isMakeshift = shown.Count == 0;
        shown = isMakeshift ? [.. all.Where(index => IsShown(leaves, index, IsReadable))] : shown;
        var hasHtml = shown.Exists(index => IsHtml(leaves[index]));
        return new LeafRoles(
            shown.FindAll(index => !IsHtml(leaves[index])),
            hasHtml ? shown.FindAll(index => IsHtml(leaves[index]) || !leaves[index].InAlternative) : [],
            [.. all.Where(index => !leaves[index].IsEmptyMultipart && (!shown.Contains(index) || (isMakeshift && IsFile(leaves[index]))))]);
    }

    /// <summary>
    /// The attachments that belong inside the shown body: what its HTML names, and pictures that nobody called attachments. Who looks for
    /// an attached file does not mean these.
    /// </summary>
    /// <param name="html">The shown HTML; null when there is none.</param>
    public static IReadOnlyList<int> Inline(IReadOnlyList<LeafDescription> leaves, LeafRoles roles, string? html)
    {
        if (roles.Attachments.Count == 0)
        {
            return [];
        }

        var names = HtmlReferences.Of(html);
        return [.. roles.Attachments.Where(index => IsInline(leaves[index], names))];
    }

    private static bool IsHtml(LeafDescription leaf) => leaf.MediaType == "text/html";

    private static bool IsUsualText(LeafDescription leaf) => leaf.MediaType is "text/plain" or "text/html";

    /// <summary>Any text can be read when there is no better one: Markdown, a calendar.</summary>
    private static bool IsReadable(LeafDescription leaf) => leaf.MediaType.StartsWith("text/", StringComparison.Ordinal);

    /// <summary>Whether it is what other programs open, and is handed on as a file although it is shown.</summary>
    private static bool IsFile(LeafDescription leaf) =>
        leaf.Filename is not null || leaf.MediaType is "text/calendar" or "text/vcard" or "text/x-vcard" or "text/directory" or "text/csv" or "text/rtf" or "text/xml";

    private static bool IsShown(IReadOnlyList<LeafDescription> leaves, int index, Predicate<LeafDescription> isText)
    {
        var leaf = leaves[index];
        if (!IsBody(leaf, isText))
        {
            return false;
        }

        if (leaf is { ParentKind: "related", IndexInParent: > 0, ContentId: not null })
        {
            return false; // a resource of the first part, such as the page of a frame
        }

        // A named text is a file, unless it stands where the body should: nothing but it would be shown.
        var isPlaced = leaf.InAlternative || leaf is { ParentKind: "related", IndexInParent: 0 };
        return leaf.Filename is null || isPlaced || !leaves.Where((other, i) => i < index || (i > index && other.Filename is null)).Any(other => IsBody(other, isText));
    }

    private static bool IsBody(LeafDescription leaf, Predicate<LeafDescription> isText) => isText(leaf) && leaf.Disposition is (null or "" or "inline");

    private static bool IsInline(LeafDescription leaf, IReadOnlySet<string> names)
    {
        var isNamed = (leaf.ContentId is { } id && names.Contains("cid:" + id)) || (leaf.Location is { } location && names.Contains(location));
        var isPicture = leaf.MediaType.StartsWith("image/", StringComparison.Ordinal);
        return leaf.Disposition switch
        {
            "inline" => isNamed || isPicture,
            null or "" => isNamed || (isPicture && leaf.ContentId is not null),
            _ => isNamed && isPicture, // QUIRK: Outlook calls the pictures of its HTML attachments
        };
    }
}
