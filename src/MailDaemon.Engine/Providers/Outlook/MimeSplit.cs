using System.Globalization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// An outgoing mail as Graph takes it: in base64 and in one request of at most 4 MB (Graph: "Send Outlook messages in MIME format"). What does
/// not fit is taken out as files, to be uploaded to the draft that is made of the rest.
/// </summary>
/// <param name="Skeleton">The mail without <paramref name="Parts"/>, with all fields of its header, Bcc included.</param>
/// <param name="Parts">In the order of the mail; empty when all of it is in the skeleton.</param>
internal sealed record MimeSplit(ReadOnlyMemory<byte> Skeleton, IReadOnlyList<MimeSplitPart> Parts)
{
    /// <summary>Bytes of a skeleton: in base64 3.9 million.</summary>
    public const int MaxSkeleton = 2_900_000;

    /// <summary>
    /// Takes out the largest attachments, and no more of them than needed; never a body that is shown, nor anything that is signed or encrypted.
    /// Memory does not grow with the attachments.
    /// </summary>
    /// <param name="path">The file of the mail (<see cref="WrittenMail.Path"/>).</param>
    /// <exception cref="MailException">TooLarge <c>mail_too_large</c>: what remains has more than <paramref name="maxSkeleton"/> bytes.</exception>
    public static MimeSplit Read(string path, int maxSkeleton = MaxSkeleton)
    {
        using var file = MappedFile.Open(path);
        if (file.Memory.Length <= maxSkeleton)
            return new MimeSplit(file.Memory.ToArray(), []);
        var message = MimeParser.Parse(file.Memory);
        if (message.Root.RawHeader.Length > maxSkeleton)
            throw TooLarge(message.Root.RawHeader.Length, maxSkeleton);

        var taken = new HashSet<MimePart>();
        var skeleton = MimeSkeleton.Without(taken, message.Root);
        foreach (var part in Removable(message).OrderByDescending(part => part.Raw.Length))
        {
            if (Size(skeleton) <= maxSkeleton)
                break;
            taken.Add(part);
            skeleton = MimeSkeleton.Without(taken, message.Root);
        }

        if (Size(skeleton) > maxSkeleton)
            throw TooLarge(Size(skeleton), maxSkeleton);
        var inline = Inline(message);
        return new MimeSplit(
            Join(skeleton),
            [.. message.Leaves.Index().Where(leaf => taken.Contains(leaf.Item)).Select(leaf => MimeSplitPart.Of(path, leaf.Item, inline.Contains(leaf.Item), leaf.Index))]);
    }

    /// <summary>The attachments that are files of their own. In a mail with too many parts none is: its last one holds several.</summary>
    private static IEnumerable<MimePart> Removable(MimeMessage message) =>
        Count(message.Root) < MimeLimits.Default.MaxParts ? MimeSkeleton.Loose(message.Root).Where(part => part.IsAttachment && part.ContentType.Type != "multipart") : [];

    private static int Count(MimePart part) => 1 + part.Children.Sum(Count);

    /// <summary>Only what HTML shows. Where that is, no attachment is a body, and the bodies are as small as the skeleton.</summary>
    private static IReadOnlyList<MimePart> Inline(MimeMessage message) =>
        message.Leaves.Any(leaf => !leaf.IsAttachment && leaf.ContentType.MediaType == "text/html") ? message.Inline : [];

    private static long Size(IReadOnlyList<ReadOnlyMemory<byte>> pieces) => pieces.Sum(piece => (long)piece.Length);

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var joined = new byte[Size(pieces)];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(joined.AsMemory(at));
            at += piece.Length;
        }

        return joined;
    }

    private static MailException TooLarge(long size, int limit) => new(
        MailFault.TooLarge,
        "mail_too_large",
        string.Create(CultureInfo.InvariantCulture, $"Without its attachments the mail has {size / 1e6:0.0} MB, and Outlook takes {limit / 1e6:0.0} MB. Shorten the text, or attach it as a file; what is signed or encrypted has to be smaller."));
}
