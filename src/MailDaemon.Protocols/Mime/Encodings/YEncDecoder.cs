namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>yEnc, between its <c>=ybegin</c> and <c>=yend</c> lines (yenc-draft 1.3); checksums are not compared.</summary>
internal sealed class YEncDecoder : LineDecoder
{
    private bool isInside;

    protected override int DecodeLine(ReadOnlySpan<byte> line, Span<byte> output)
    {
        if (line.StartsWith("=y"u8))
        {
            isInside = !line.StartsWith("=yend"u8);
            return 0;
        }

        var written = 0;
        for (var i = 0; isInside && i < line.Length; i++)
        {
            var isEscaped = line[i] == '=' && i + 1 < line.Length;
            output[written++] = isEscaped ? (byte)(line[++i] - 64 - 42) : (byte)(line[i] - 42);
        }

        return written;
    }
}
