namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Uuencode, between its <c>begin</c> and <c>end</c> lines (POSIX uuencode).</summary>
internal sealed class UuDecoder : LineDecoder
{
    private bool isInside;

    protected override int DecodeLine(ReadOnlySpan<byte> line, Span<byte> output)
    {
        if (!isInside)
        {
            isInside = line.StartsWith("begin "u8) && line.Length > 9 && char.IsAsciiDigit((char)line[6]);
            return 0;
        }

        if (line.SequenceEqual("end"u8))
        {
            isInside = false;
            return 0;
        }

        var length = line.IsEmpty ? 0 : Value(line[0]);
        var written = 0;
        for (var i = 1; written < length && i < line.Length; i += 4)
        {
            var group = (At(line, i) << 18) | (At(line, i + 1) << 12) | (At(line, i + 2) << 6) | At(line, i + 3);
            for (var shift = 16; shift >= 0 && written < length && written < output.Length; shift -= 8)
            {
                output[written++] = (byte)(group >> shift);
            }
        }

        return written;
    }

    private static int Value(byte each) => (each - ' ') & 0x3F;

    private static int At(ReadOnlySpan<byte> line, int index) => index < line.Length ? Value(line[index]) : 0;
}
