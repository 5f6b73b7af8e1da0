namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>A decoder that takes its input in pieces cut anywhere. Abstract: one per transfer encoding, all run by the same stream.</summary>
internal abstract class BodyDecoder
{
    /// <summary>Bytes that so much input can give at most, with what was held back before.</summary>
    public abstract int MaxOutput(int inputLength);

    /// <summary>Decodes all of <paramref name="input"/> into <paramref name="output"/> and returns the bytes written.</summary>
    /// <param name="isLast">Whether no more input follows.</param>
    public abstract int Decode(ReadOnlySpan<byte> input, Span<byte> output, bool isLast);
}
