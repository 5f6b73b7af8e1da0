namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>A decoder whose input is read line by line. Abstract: the line's meaning is the encoding's.</summary>
internal abstract class LineDecoder : BodyDecoder
{
    /// <summary>Bytes of a line that is decoded; the rest of a longer one is passed over.</summary>
    private const int MaxLine = 4096;

    private readonly byte[] line = new byte[MaxLine];
    private int lineLength;

    public override int MaxOutput(int inputLength) => inputLength + lineLength;

    public override int Decode(ReadOnlySpan<byte> input, Span<byte> output, bool isLast)
    {
        var written = 0;
        while (input.Length > 0)
        {
            var lf = input.IndexOf((byte)'\n');
            var piece = lf < 0 ? input : input[..lf];
            var taken = Math.Min(piece.Length, MaxLine - lineLength);
            piece[..taken].CopyTo(line.AsSpan(lineLength));
            lineLength += taken;
            input = lf < 0 ? [] : input[(lf + 1)..];
            if (lf >= 0)
            {
                written += TakeLine(output[written..]);
            }
        }

        return isLast && lineLength > 0 ? written + TakeLine(output[written..]) : written;
    }

    /// <summary>Decodes one line, without its line break, to at most as many bytes.</summary>
    protected abstract int DecodeLine(ReadOnlySpan<byte> line, Span<byte> output);

    private int TakeLine(Span<byte> output)
    {
        var whole = line.AsSpan(0, lineLength).TrimEnd((byte)'\r');
        lineLength = 0;
        return DecodeLine(whole, output);
    }
}
