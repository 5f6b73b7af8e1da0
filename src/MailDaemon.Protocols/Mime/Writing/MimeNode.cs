namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>A part to be written. Abstract: multipart, text and file differ in their bodies.</summary>
/// <param name="Header">The Content-* fields, each with its CRLF.</param>
/// <param name="Is8Bit">Whether the body has bytes above ASCII; what holds it must say so too (RFC 2045 §6.4).</param>
internal abstract record MimeNode(string Header, bool Is8Bit)
{
    /// <summary>Writes header, blank line and body, without a line break at the end.</summary>
    public virtual async ValueTask WriteAsync(MimeOutput output, CancellationToken ct)
    {
        output.Write(Header);
        output.Write("\r\n");
        await WriteBodyAsync(output, ct).ConfigureAwait(false);
    }

    protected abstract ValueTask WriteBodyAsync(MimeOutput output, CancellationToken ct);
}

/// <remarks><c>multipart-body = *(dash-boundary CRLF body-part CRLF) close-delimiter</c> (RFC 2046 §5.1.1), no preamble</remarks>
internal sealed record MultipartNode(string Kind, string Boundary, IReadOnlyList<MimeNode> Parts, string Parameters = "")
    : MimeNode(
        $"Content-Type: multipart/{Kind}{Parameters};\r\n boundary=\"{Boundary}\"\r\n{(Parts.Any(each => each.Is8Bit) ? "Content-Transfer-Encoding: 8bit\r\n" : "")}",
        Parts.Any(each => each.Is8Bit))
{
    protected override async ValueTask WriteBodyAsync(MimeOutput output, CancellationToken ct)
    {
        foreach (var part in Parts)
        {
            output.Write($"--{Boundary}\r\n");
            await part.WriteAsync(output, ct).ConfigureAwait(false);
            output.Write("\r\n");
        }

        output.Write($"--{Boundary}--");
    }
}
