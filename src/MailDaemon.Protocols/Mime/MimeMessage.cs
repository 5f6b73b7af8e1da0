namespace MailDaemon.Protocols.Mime;

/// <summary>A message taken apart: slices of the bytes given to the parser, decoded when they are asked for.</summary>
public sealed class MimeMessage
{
    private readonly LeafRoles roles;
    private readonly Lazy<string?> shownText;
    private readonly Lazy<string?> shownHtml;

    internal MimeMessage(MimePart root, IReadOnlyList<string> defects)
    {
        Root = root;
        Defects = defects;
        Leaves = FindLeaves(root);
        roles = BodyLeaves.Decide([.. Leaves.Select(each => each.Description)]);
        shownText = new(() => roles.Text.Count == 0 ? null : ShownBody.Text(Decoded(roles.Text)));
        shownHtml = new(() => ShownBody.Html(Decoded(roles.Html)));
        Attachments = [.. roles.Attachments.Select(index => Leaves[index])];
        foreach (var index in roles.Attachments)
        {
            Leaves[index].IsAttachment = true;
        }

        foreach (var index in roles.Inline)
        {
            Leaves[index].IsInline = true;
        }
    }

    public HeaderBlock Headers => Root.Headers;

    public MimePart Root { get; }

    /// <summary>Every part without children, in the order of the message; an embedded message is one leaf.</summary>
    public IReadOnlyList<MimePart> Leaves { get; }

    /// <summary>Each leaf that is not a shown body.</summary>
    public IReadOnlyList<MimePart> Attachments { get; }

    /// <summary>What was wrong with the message and how far it was taken apart; empty for a clean one.</summary>
    public IReadOnlyList<string> Defects { get; }

    /// <summary>The shown plain text, format=flowed undone, lines ending in LF; null when there is none.</summary>
    public string? TextBody => shownText.Value;

    /// <summary>
    /// The shown HTML, lines ending in LF; null when there is none or it is blank. Plain text that stands beside it (a list's footer) is escaped into it.
    /// </summary>
    public string? HtmlBody => shownHtml.Value;

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

    private IEnumerable<DecodedLeaf> Decoded(IEnumerable<int> indices) => indices.Select(index => new DecodedLeaf(Leaves[index].ContentType, Leaves[index].DecodeBody()));
}
