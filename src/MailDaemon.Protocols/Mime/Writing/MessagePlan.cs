using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>
/// Which parts a draft becomes: mixed around related around alternative, each only when it has something to hold
/// (RFC 2046 §5.1, RFC 2387). All of it is checked and decided before anything is written.
/// </summary>
internal static class MessagePlan
{
    public static async Task<MimeNode> CreateAsync(MimeDraft draft, MimeWriteOptions options, CancellationToken ct)
    {
        var related = new List<MimeNode>();
        var mixed = new List<MimeNode>();
        foreach (var attachment in draft.Attachments)
        {
            var isRelated = attachment is { IsInline: true, ContentId: not null } && draft.HtmlBody is not null;
            MimeNode node = attachment.Raw is { } raw ? new RawNode(raw) : await FileNode.CreateAsync(attachment, options, ct).ConfigureAwait(false);
            (isRelated ? related : mixed).Add(node);
        }

        IEnumerable<MimeNode> content = draft.Content is { } stored ? stored.Select(part => new RawNode(part)) : new[] { Body(draft, options, related) };
        IReadOnlyList<MimeNode> parts = [.. content, .. mixed];
        return parts.Count == 0 ? TextNode.Create("plain", "", options.Allow8Bit)
            : parts.Count == 1 ? parts[0]
            : new MultipartNode("mixed", Boundary(draft, 'm'), parts);
    }

    private static MimeNode Body(MimeDraft draft, MimeWriteOptions options, List<MimeNode> related)
    {
        if (draft.HtmlBody is null)
        {
            return TextNode.Create("plain", draft.TextBody ?? "", options.Allow8Bit);
        }

        MimeNode html = TextNode.Create("html", draft.HtmlBody, options.Allow8Bit);
        if (related.Count > 0)
        {
            html = new MultipartNode("related", Boundary(draft, 'r'), [html, .. related], "; type=\"text/html\"");
        }

        return draft.TextBody is null
            ? html
            : new MultipartNode("alternative", Boundary(draft, 'a'), [TextNode.Create("plain", draft.TextBody, options.Allow8Bit), html]);
    }

    /// <summary>
    /// Cannot stand in quoted-printable or base64, where <c>=_</c> is impossible; plain bodies with <c>--=_</c> are not written plain.
    /// </summary>
    private static string Boundary(MimeDraft draft, char kind)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{draft.MessageId} {draft.Date:O} {draft.Subject}"));
        return $"=_{kind}{Convert.ToHexStringLower(hash.AsSpan(0, 12))}";
    }
}
