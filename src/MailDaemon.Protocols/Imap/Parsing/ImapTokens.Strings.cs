using System.Buffers;
using System.Buffers.Text;

namespace MailDaemon.Protocols.Imap.Parsing;

// Strings: atoms, quoted ones, literals and NIL.
internal ref partial struct ImapTokens
{
    private static readonly SearchValues<byte> QuotedStops = SearchValues.Create("\"\\\r\n"u8);

    /// <summary>nstring = string / nil; an atom is taken as a string too.</summary>
    public string? NStringText()
    {
        var bytes = NString(out var isNil);
        return isNil ? null : ImapWords.Text(bytes);
    }

    /// <summary>astring = 1*ASTRING-CHAR / string</summary>
    public string AStringText()
    {
        if (Peek() is (byte)'"' or (byte)'{')
        {
            return ImapWords.Text(NString(out _));
        }

        return ImapWords.Text(Atom());
    }

    /// <summary>Like <see cref="NString"/>, as bytes that outlive the reply.</summary>
    public ReadOnlyMemory<byte> NStringBytes() => NStringBytes(out _);

    /// <inheritdoc cref="NStringBytes()"/>
    public ReadOnlyMemory<byte> NStringBytes(out bool isNil)
    {
        var bytes = NString(out isNil);
        if (isNil || bytes.IsEmpty)
        {
            return default;
        }

        // A slice of the source can be handed on; an unescaped copy already stands alone but has no memory of its own.
        if (ownsBytes && text.Overlaps(bytes, out var offset))
        {
            return source.Slice(offset, bytes.Length);
        }

        return bytes.ToArray();
    }

    /// <summary>nstring; NIL gives an empty span and <paramref name="isNil"/>.</summary>
    public ReadOnlySpan<byte> NString(out bool isNil)
    {
        isNil = false;
        switch (Peek())
        {
            case (byte)'"':
                return Quoted();
            case (byte)'{':
                return Literal();
            case (byte)'~' when Position + 1 < text.Length && text[Position + 1] == (byte)'{':
                Position++;
                return Literal();
            case (byte)'(' or (byte)')' or 0 or (byte)'\r' or (byte)'\n':
                Fail("a string expected");
                return default;
            default:
                var atom = Atom();
                isNil = ImapWords.Is(atom, "NIL"u8);
                return isNil ? default : atom;
        }
    }

    /// <summary>quoted = DQUOTE *QUOTED-CHAR DQUOTE; eight-bit bytes are let through.</summary>
    private ReadOnlySpan<byte> Quoted()
    {
        var start = ++Position;
        ArrayBufferWriter<byte>? unescaped = null;
        while (true)
        {
            var stop = Rest.IndexOfAny(QuotedStops);
            if (stop < 0 || Rest[stop] is (byte)'\r' or (byte)'\n')
            {
                Fail("a string without its closing quotation mark");
            }

            var isEscape = Rest[stop] == (byte)'\\';
            var isStray = isEscape && IsStrayBackslash(stop);
            if (isStray || (!isEscape && IsClosing(stop)))
            {
                var end = Position + stop;
                var last = Rest[..stop];
                Position = end + (isStray ? 2 : 1);
                if (unescaped is null)
                {
                    return text[start..end];
                }

                unescaped.Write(last);
                return unescaped.WrittenSpan;
            }

            // Only a string with an escaped character needs a copy.
            unescaped ??= new ArrayBufferWriter<byte>(stop + 32);
            unescaped.Write(Rest[..(isEscape ? stop : stop + 1)]);
            Position += stop + 1;
            if (isEscape && Position < text.Length && text[Position] is not ((byte)'\r' or (byte)'\n'))
            {
                unescaped.Write(text.Slice(Position++, 1));
            }
        }
    }

    // QUIRK: qiye.163, unescaped quotation marks in a description: """". A mark that no space, parenthesis or line end follows is text.
    private readonly bool IsClosing(int stop) =>
        !isLenient || Position + stop + 1 >= text.Length || text[Position + stop + 1] is (byte)' ' or (byte)')' or (byte)'(' or (byte)'\r' or (byte)'\n';

    // QUIRK: QQ, a backslash before the closing mark of a host: "sina.com\").
    private readonly bool IsStrayBackslash(int stop) =>
        isLenient && Position + stop + 2 < text.Length && text[Position + stop + 1] == (byte)'"' && text[Position + stop + 2] == (byte)')';

    /// <summary>literal = "{" number64 ["+"] "}" CRLF *CHAR8; "{!n}" stands for one that was left out by the reader.</summary>
    private ReadOnlySpan<byte> Literal()
    {
        Position++;
        if (Position < text.Length && text[Position] == (byte)'!')
        {
            HasSkippedLiteral = true;
            var close = Rest.IndexOf((byte)'}');
            Position += close < 0 ? Rest.Length : close + 1;
            SkipLineEnd();
            return default;
        }

        if (!Utf8Parser.TryParse(Rest, out uint length, out var used))
        {
            Fail("a literal without a length");
        }

        Position += used;
        if (Position < text.Length && text[Position] is (byte)'+' or (byte)'-')
        {
            Position++;
        }

        if (Position >= text.Length || text[Position] != (byte)'}')
        {
            Fail("a literal without a closing brace");
        }

        Position++;
        SkipLineEnd();
        if (length > text.Length - Position)
        {
            Fail("a literal longer than the reply");
        }

        var bytes = text.Slice(Position, (int)length);
        Position += (int)length;
        return bytes;
    }

    private void SkipLineEnd()
    {
        if (Position < text.Length && text[Position] == (byte)'\r')
        {
            Position++;
        }

        if (Position < text.Length && text[Position] == (byte)'\n')
        {
            Position++;
        }
    }
}
