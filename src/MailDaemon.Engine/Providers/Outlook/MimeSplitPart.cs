using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>A file that was taken out of an outgoing mail, to be uploaded to its draft (Graph: fileAttachment).</summary>
internal sealed record MimeSplitPart
{
    /// <summary>Decoded (RFC 2231, RFC 2047), never empty. A message that is attached is a file <c>….eml</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Lower-case, without parameters.</summary>
    public required string ContentType { get; init; }

    /// <summary>Whether the shown HTML contains it by its <see cref="ContentId"/>; else it is an attachment.</summary>
    public required bool IsInline { get; init; }

    /// <summary>Without angle brackets; null when there is none.</summary>
    public required string? ContentId { get; init; }

    /// <summary>Bytes that <see cref="Open"/> gives, exactly.</summary>
    public required long Size { get; init; }

    /// <summary>Gives a new stream of the decoded bytes, read from the file of the mail as they are asked for. It cannot seek; the caller disposes it.</summary>
    public required Func<Stream> Open { get; init; }

    /// <param name="path">The file of the mail, which stays as it is.</param>
    /// <param name="index">Its number in the mail, for one without a name.</param>
    public static MimeSplitPart Of(string path, MimePart part, bool isInline, int index)
    {
        var (offset, length, encoding) = (part.BodyOffset, part.RawBody.Length, part.Headers.TransferEncoding);
        return new MimeSplitPart
        {
            FileName = NameOf(part, index),
            ContentType = part.ContentType.MediaType,
            IsInline = isInline && part.ContentId is not null,
            ContentId = part.ContentId,
            Size = Measure(part),
            Open = () => TransferDecoder.OpenDecoding(new FileRange(MailFile.Open(path), offset, length), encoding),
        };
    }

    private static string NameOf(MimePart part, int index)
    {
        var type = part.ContentType.MediaType;
        var name = part.Filename ?? FileNameOfMessage(part) ?? FileTypes.NameFor(type, index);
        return IsMessage(type) && !name.EndsWith(".eml", StringComparison.OrdinalIgnoreCase) ? name + ".eml" : name;
    }

    /// <summary>The subject of a message that is attached.</summary>
    private static string? FileNameOfMessage(MimePart part)
    {
        const int Longest = 100;
        return IsMessage(part.ContentType.MediaType) && MimeParser.ParseHeaders(part.RawBody).Subject is { } subject && OneLine.Of(subject) is { Length: > 0 } line
            ? TextCut.At(line, Longest)
            : null;
    }

    private static bool IsMessage(string type) => type is "message/rfc822" or "message/global";

    private static long Measure(MimePart part)
    {
        using var body = part.OpenBody();
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var size = 0L;
        while (body.Read(buffer) is > 0 and var read)
            size += read;
        return size;
    }
}
