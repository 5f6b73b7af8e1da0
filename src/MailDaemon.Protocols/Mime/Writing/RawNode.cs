using System.Text;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>A part of another message, written byte for byte.</summary>
internal sealed record RawNode(RawPart Part) : MimeNode("", !Ascii.IsValid(Part.Header.Span) || !Ascii.IsValid(Part.Body.Span))
{
    private const int BlockLength = 16 * 1024;

    public override async ValueTask WriteAsync(MimeOutput output, CancellationToken ct)
    {
        output.Write(Part.Header.Span);
        await WriteBodyAsync(output, ct).ConfigureAwait(false);
    }

    protected override async ValueTask WriteBodyAsync(MimeOutput output, CancellationToken ct)
    {
        for (var at = 0; at < Part.Body.Length; at += BlockLength)
        {
            output.Write(Part.Body.Span[at..Math.Min(at + BlockLength, Part.Body.Length)]);
            await output.FlushBlockAsync(ct).ConfigureAwait(false);
        }
    }
}
