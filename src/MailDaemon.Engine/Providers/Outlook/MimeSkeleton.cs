using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>A mail without some of its parts. Only the multiparts around these are written again, all else stays byte for byte. Pure.</summary>
internal static class MimeSkeleton
{
    /// <summary>The mail in pieces, slices of it for the most part. A multipart in which nothing is left goes too; if that is the whole mail, it has an empty text.</summary>
    /// <param name="taken">What is left out; parts of <see cref="Loose"/>.</param>
    /// <param name="root">The whole mail.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Without(IReadOnlySet<MimePart> taken, MimePart root)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        if (!Write(root, taken, pieces))
            pieces.Add(WithEmptyText(root));
        return pieces;
    }

    /// <summary>
    /// The leaves that can be taken out. Those of a signed or encrypted part cannot (RFC 1847: the signature is of its bytes), nor those of
    /// a multipart that names no boundary, by which it could be written.
    /// </summary>
    public static IEnumerable<MimePart> Loose(MimePart part) => part.Children.Count == 0
        ? [part]
        : part.ContentType.MediaType is "multipart/signed" or "multipart/encrypted" || part.ContentType.Boundary is null ? [] : part.Children.SelectMany(Loose);

    /// <returns>Whether anything is left of the part.</returns>
    private static bool Write(MimePart part, IReadOnlySet<MimePart> taken, List<ReadOnlyMemory<byte>> pieces)
    {
        if (taken.Contains(part))
            return false;
        if (Has(part, taken))
            return WriteMultipart(part, taken, pieces);
        pieces.Add(part.Raw);
        return true;
    }

    private static bool WriteMultipart(MimePart part, IReadOnlySet<MimePart> taken, List<ReadOnlyMemory<byte>> pieces)
    {
        var start = pieces.Count;
        pieces.Add(part.RawHeader);
        pieces.Add(BlankLineAfter(part.RawHeader.Span));
        var hasChild = false;
        foreach (var child in part.Children)
        {
            var delimiter = pieces.Count;
            pieces.Add(Encoding.UTF8.GetBytes($"{(hasChild ? "\r\n" : "")}--{part.ContentType.Boundary}\r\n"));
            if (Write(child, taken, pieces))
                hasChild = true;
            else
                pieces.RemoveAt(delimiter);
        }

        if (hasChild)
            pieces.Add(Encoding.UTF8.GetBytes($"\r\n--{part.ContentType.Boundary}--\r\n"));
        else
            pieces.RemoveRange(start, pieces.Count - start);
        return hasChild;
    }

    private static bool Has(MimePart part, IReadOnlySet<MimePart> taken) => taken.Contains(part) || part.Children.Any(child => Has(child, taken));

    /// <summary>What a header that ends at a boundary lacks.</summary>
    private static byte[] BlankLineAfter(ReadOnlySpan<byte> header) =>
        header.EndsWith("\n\n"u8) || header.EndsWith("\n\r\n"u8) || header is [(byte)'\n'] || header.SequenceEqual("\r\n"u8) ? [] : header.EndsWith("\n"u8) ? "\r\n"u8.ToArray() : "\r\n\r\n"u8.ToArray();

    private static byte[] WithEmptyText(MimePart root)
    {
        var header = RawHeader.Read(root.RawHeader).Without(field => field.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase));
        return (header with { Fields = [.. header.Fields, RawField.Of("Content-Type", "text/plain; charset=us-ascii")], End = "\r\n"u8.ToArray() }).ToBytes();
    }
}
