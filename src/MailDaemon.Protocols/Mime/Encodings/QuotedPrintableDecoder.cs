using System.Buffers;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>
/// Quoted-printable (RFC 2045 §6.7): soft breaks and blanks at line ends vanish; an equals sign that begins nothing stays as it is.
/// </summary>
internal sealed class QuotedPrintableDecoder : BodyDecoder
{
    /// <summary>Blanks held back until it is known whether the line goes on; more of them are text.</summary>
    private const int MaxBlanks = 1000;

    private static readonly SearchValues<byte> Special = SearchValues.Create("= \t\r\n"u8);

    private readonly byte[] held = new byte[MaxBlanks];
    private int heldLength;

    /// <summary>What the held bytes are: blanks, or an equals sign with what followed it.</summary>
    private bool isEscape;

    public override int MaxOutput(int inputLength) => inputLength + heldLength;

    public override int Decode(ReadOnlySpan<byte> input, Span<byte> output, bool isLast)
    {
        var written = 0;
        var position = 0;
        while (position < input.Length)
        {
            if (heldLength == 0)
            {
                var run = input[position..].IndexOfAny(Special);
                var plain = run < 0 ? input[position..] : input.Slice(position, run);
                plain.CopyTo(output[written..]);
                written += plain.Length;
                position += plain.Length;
                if (position == input.Length)
                {
                    break;
                }
            }

            written += isEscape ? TakeEscape(input, ref position, output[written..]) : TakeBlank(input, ref position, output[written..]);
        }

        if (isLast && heldLength > 0)
        {
            // an open escape is text unless it is the soft break of the last line; blanks at the end vanish
            var isText = isEscape && held.AsSpan(1, heldLength - 1).ContainsAnyExcept(" \t\r"u8);
            written += isText ? Release(output[written..]) : 0;
            heldLength = 0;
        }

        return written;
    }

    private int TakeBlank(ReadOnlySpan<byte> input, ref int position, Span<byte> output)
    {
        var each = input[position];
        switch (each)
        {
            case (byte)' ' or (byte)'\t' when heldLength < MaxBlanks:
                held[heldLength++] = each;
                position++;
                return 0;
            case (byte)'\r' or (byte)'\n':
                heldLength = 0;
                output[0] = each;
                position++;
                return 1;
            case (byte)'=':
                var blanks = Release(output);
                held[heldLength++] = each;
                isEscape = true;
                position++;
                return blanks;
            default:
                return Release(output);
        }
    }

    /// <remarks><c>hex-octet = "=" 2(DIGIT / "A" - "F"); soft break = "=" *LWSP CRLF</c></remarks>
    private int TakeEscape(ReadOnlySpan<byte> input, ref int position, Span<byte> output)
    {
        var each = input[position];
        if (each == '\n' && (heldLength == 1 || held[1] is (byte)' ' or (byte)'\t' or (byte)'\r'))
        {
            Drop();
            position++;
            return 0;
        }

        if (heldLength == 2 && HexByte.Read(held[1], each) is >= 0 and var octet)
        {
            Drop();
            output[0] = (byte)octet;
            position++;
            return 1;
        }

        var canGoOn = heldLength == 1
            ? char.IsAsciiHexDigit((char)each) || each is (byte)' ' or (byte)'\t' or (byte)'\r'
            : held[1] is (byte)' ' or (byte)'\t' && each is (byte)' ' or (byte)'\t' or (byte)'\r';
        if (canGoOn && heldLength < MaxBlanks && held[heldLength - 1] != '\r')
        {
            held[heldLength++] = each;
            position++;
            return 0;
        }

        return Release(output);
    }

    private int Release(Span<byte> output)
    {
        var length = heldLength;
        held.AsSpan(0, length).CopyTo(output);
        Drop();
        return length;
    }

    private void Drop()
    {
        heldLength = 0;
        isEscape = false;
    }
}
