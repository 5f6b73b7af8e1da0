using MailDaemon.Protocols.Mime.Fields;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>An attachment, read while it is written.</summary>
internal sealed record FileNode : MimeNode
{
    private readonly MimeAttachment attachment;
    private readonly bool isBase64;

    private FileNode(MimeAttachment attachment, string header, string encoding)
        : base(header, encoding == "8bit")
    {
        this.attachment = attachment;
        isBase64 = encoding == "base64";
    }

    public static async Task<FileNode> CreateAsync(MimeAttachment attachment, MimeWriteOptions options, CancellationToken ct)
    {
        var mediaType = attachment.MediaType.Trim().ToLowerInvariant();
        if (!MediaTypeField.IsMediaType(mediaType) || mediaType.StartsWith("multipart/", StringComparison.Ordinal))
        {
            throw new ArgumentException($"An attachment cannot have the media type \"{attachment.MediaType}\".", nameof(attachment));
        }

        // RFC 2046 §5.2: what holds a message has no encoding of its own. One that cannot travel as it is becomes a file.
        var encoding = "base64";
        if (mediaType.StartsWith("message/", StringComparison.Ordinal))
        {
            encoding = await PlainBody.FindEncodingAsync(attachment, options.Allow8Bit, ct).ConfigureAwait(false);
            mediaType = encoding == "base64" ? "application/octet-stream" : mediaType;
        }

        return new FileNode(attachment, ToHeader(attachment, mediaType, encoding, options), encoding);
    }

    protected override async ValueTask WriteBodyAsync(MimeOutput output, CancellationToken ct)
    {
        var stream = attachment.Open();
        await using (stream.ConfigureAwait(false))
        {
            await (isBase64 ? Base64Lines.WriteAsync(stream, output, ct) : PlainBody.WriteAsync(stream, output, ct)).ConfigureAwait(false);
        }
    }

    private static string ToHeader(MimeAttachment attachment, string mediaType, string encoding, MimeWriteOptions options)
    {
        var header = new HeaderText(options.AllowUtf8Headers);
        header.AddParameters("Content-Type", mediaType, Parameters(attachment.Parameters, "name", attachment.Parameters.GetValueOrDefault("name", attachment.Filename)));
        header.Add("Content-Transfer-Encoding", encoding);
        header.AddParameters("Content-Disposition", attachment.IsInline ? "inline" : "attachment", Parameters(attachment.DispositionParameters, "filename", attachment.Filename));
        if (attachment.ContentId is { } id)
        {
            header.AddMessageId("Content-ID", $"<{id.TrimStart('<').TrimEnd('>')}>");
        }

        foreach (var (name, value) in attachment.Fields)
        {
            header.AddUnstructured(name, value);
        }

        return header.ToString();
    }

    /// <summary>In an order of their own, so that the same draft gives the same bytes; the file name comes last.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Parameters(IReadOnlyDictionary<string, string> given, string nameOfFile, string filename) => given
        .Where(parameter => !parameter.Key.Equals(nameOfFile, StringComparison.OrdinalIgnoreCase))
        .OrderBy(parameter => parameter.Key, StringComparer.OrdinalIgnoreCase)
        .Append(KeyValuePair.Create(nameOfFile, filename));
}
