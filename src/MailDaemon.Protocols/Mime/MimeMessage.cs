using System.Net;
using System.Text;
using MailDaemon.Protocols.Mime.Writing;

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
        shownText = new(() => roles.Text.Count == 0 ? null : Join(roles.Text.Select(index => ShownText(Leaves[index]))));
        shownHtml = new(ReadHtml);
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

    private static string Join(IEnumerable<string> texts)
    {
        var joined = new StringBuilder();
        foreach (var text in texts)
        {
            if (joined.Length > 0 && text.Length > 0 && joined[^1] != '\n')
            {
                joined.Append('\n');
            }

            joined.Append(text);
        }

        return joined.ToString();
    }

    private static string ShownText(MimePart leaf)
    {
        var text = LineEndings.ToLf(leaf.DecodeText());
        var parameters = leaf.ContentType.Parameters;
        var isFlowed = parameters.TryGetValue("format", out var format) && format.Equals("flowed", StringComparison.OrdinalIgnoreCase);
        var deletesSpace = parameters.TryGetValue("delsp", out var delSp) && delSp.Equals("yes", StringComparison.OrdinalIgnoreCase);
        return isFlowed ? FlowedText.Unflow(text, deletesSpace) : text;
    }

    /// <summary>Null also when each page is blank.</summary>
    private string? ReadHtml()
    {
        var pages = new List<string>();
        var hasPage = false;
        foreach (var leaf in roles.Html.Select(index => Leaves[index]))
        {
            var isPage = leaf.ContentType.MediaType == "text/html";
            var content = isPage ? LineEndings.ToLf(leaf.DecodeText()) : ShownText(leaf);
            if (!string.IsNullOrWhiteSpace(content))
            {
                pages.Add(isPage ? content : $"<div style=\"white-space: pre-wrap\">{WebUtility.HtmlEncode(content)}</div>");
                hasPage |= isPage;
            }
        }

        return hasPage ? Join(pages) : null;
    }
}
