namespace MailDaemon.Protocols.Mime;

/// <summary>A message taken apart: slices of the bytes given to the parser, decoded when they are asked for.</summary>
public sealed class MimeMessage
{
    private readonly IReadOnlyList<LeafDescription> descriptions;
    private readonly LeafRoles roles;
    private readonly IReadOnlyList<string> structureDefects;

    internal MimeMessage(MimePart root, IReadOnlyList<string> defects)
    {
        Root = root;
        structureDefects = defects;
        Leaves = FindLeaves(root);
        descriptions = [.. Leaves.Select(each => each.Description)];
        roles = BodyLeaves.Decide(descriptions);
        Attachments = [.. roles.Attachments.Select(index => Leaves[index])];
        foreach (var index in roles.Attachments)
        {
            Leaves[index].IsAttachment = true;
        }
    }

    public HeaderBlock Headers => Root.Headers;

    public MimePart Root { get; }

    /// <summary>Every part without children, in the order of the message; an embedded message is one leaf.</summary>
    public IReadOnlyList<MimePart> Leaves { get; }

    /// <summary>Each leaf that is not a shown body, and a file that is shown for want of one.</summary>
    public IReadOnlyList<MimePart> Attachments { get; }

    /// <summary>The attachments that belong inside the shown body, as the pictures of the HTML do.</summary>
    public IReadOnlyList<MimePart> Inline => field ??= [.. BodyLeaves.Inline(descriptions, roles, Content.Html).Select(index => Leaves[index])];

    /// <summary>What was wrong with the message, how far it was taken apart and which label was not followed; empty for a clean one.</summary>
    public IReadOnlyList<string> Defects => field ??= [.. structureDefects, .. Content.Defects];

    /// <summary>The shown bodies.</summary>
    public ShownContent Content => field ??= ShownBody.Read(descriptions, roles, index => new DecodedLeaf(Leaves[index].ContentType, Leaves[index].DecodeBody()));

    /// <summary>The shown plain text; null when there is none.</summary>
    public string? TextBody => roles.Text.Count == 0 ? null : Content.Text;

    /// <summary>The shown HTML; null when there is none.</summary>
    public string? HtmlBody => Content.Html;

    private static List<MimePart> FindLeaves(MimePart root)
    {
        var leaves = new List<MimePart>();
        var waiting = new Stack<MimePart>([root]);
        while (waiting.TryPop(out var part))
        {
            if (part.Children.Count == 0)
            {
                leaves.Add(part);
            }

            for (var i = part.Children.Count - 1; i >= 0; i--)
            {
                waiting.Push(part.Children[i]);
            }
        }

        return leaves;
    }
}
