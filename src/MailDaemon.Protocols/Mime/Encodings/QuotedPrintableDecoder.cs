namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>
/// Quoted-printable (RFC 2045 §6.7): soft breaks vanish, an equals sign that begins nothing stays as it is. Blanks at line ends
/// stay too, against the RFC and like other mail programs: they are the marks of format=flowed, and no gateway adds any today.
/// </summary>
internal sealed class QuotedPrintableDecoder : BodyDecoder
{
    /// <summary>Bytes of an open escape: the equals sign with one digit, or with the blanks before a soft break's line end.</summary>
    private const int MaxHeld = 200;

    private readonly byte[] held = new byte[MaxHeld];
    private int heldLength;

    public override int MaxOutput(int inputLength) => inputLength + heldLength;

    public override int Decode(ReadOnlySpan<byte> input, Span<byte> output, bool isLast)
    {
        var written = 0;
        while (input.Length > 0)
        {
            if (heldLength > 0)
            {
                written += TakeEscape(ref input, output[written..]);
                continue;
            }

            var escape = input.IndexOf((byte)'=');
            var plain = escape < 0 ? input : input[..escape];
            plain.CopyTo(output[written..]);
            written += plain.Length;
            input = input[plain.Length..];
            if (escape >= 0)
            {
                held[heldLength++] = (byte)'=';
                input = input[1..];
            }
        }

        if (isLast && heldLength > 0)
        {
            // at the end an equals sign alone is the soft break of a cut line
            written += held.AsSpan(1, heldLength - 1).ContainsAnyExcept(" \t\r"u8) ? Release(output[written..]) : 0;
            heldLength = 0;
        }

        return written;
    }

    /// <remarks><c>hex-octet = "=" 2(DIGIT / "A" - "F"); soft break = "=" *LWSP CRLF</c></remarks>
    private int TakeEscape(ref ReadOnlySpan<byte> input, Span<byte> output)
    {
        var each = input[0];
        var isBreak = heldLength == 1 || IsBlank(held[1]);
        if (each == '\n' && isBreak)
        {
            heldLength = 0;
            input = input[1..];
            return 0;
        }

        if (heldLength == 2 && HexByte.Read(held[1], each) is >= 0 and var octet)
        {
            heldLength = 0;
            output[0] = (byte)octet;
            input = input[1..];
            return 1;
        }

        var goesOn = (isBreak && IsBlank(each) && held[heldLength - 1] != '\r') || (heldLength == 1 && char.IsAsciiHexDigit((char)each));
        if (!goesOn || heldLength == MaxHeld)
        {
            return Release(output);
        }

        held[heldLength++] = each;
        input = input[1..];
        return 0;
    }

    private static bool IsBlank(byte each) => each is (byte)' ' or (byte)'\t' or (byte)'\r';

    private int Release(Span<byte> output)
    {
        var length = heldLength;
        held.AsSpan(0, length).CopyTo(output);
        heldLength = 0;
        return length;
    }
}
