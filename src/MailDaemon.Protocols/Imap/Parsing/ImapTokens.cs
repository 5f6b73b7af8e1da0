using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>
/// Reads the tokens of one complete reply (its lines joined by CRLF, literals in place). Spaces are skipped wherever they may
/// stand, which covers the servers that send too many of them or too few.
/// </summary>
internal ref struct ImapTokens
{
    private static readonly SearchValues<byte> AtomEnds = SearchValues.Create(" ()\"\r\n{"u8);
    private static readonly SearchValues<byte> QuotedStops = SearchValues.Create("\"\\\r\n"u8);

    private readonly ReadOnlyMemory<byte> source;
    private readonly ReadOnlySpan<byte> text;
    private readonly ImapLimits limits;
    private readonly bool ownsBytes;
    private readonly bool isLenient;

    /// <param name="ownsBytes">Whether slices of the source may be handed on; else they are copied.</param>
    /// <param name="isLenient">Quotation marks inside strings are guessed at.</param>
    public ImapTokens(ReadOnlyMemory<byte> source, int position, ImapLimits limits, bool ownsBytes = false, bool isLenient = false)
    {
        this.source = source;
        text = source.Span;
        this.limits = limits;
        this.ownsBytes = ownsBytes;
        this.isLenient = isLenient;
        Position = position;
    }

    public int Position { get; set; }

    /// <summary>A literal was left out because it was longer than the limit.</summary>
    public bool HasSkippedLiteral { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => text[Position..];

    public readonly ReadOnlySpan<byte> Slice(int from, int to) => text[from..to];

    /// <summary>The next byte that is no space; 0 at the end.</summary>
    public byte Peek()
    {
        while (Position < text.Length && text[Position] == (byte)' ')
        {
            Position++;
        }

        return Position < text.Length ? text[Position] : (byte)0;
    }

    public bool IsAtEnd => Peek() is 0 or (byte)'\r' or (byte)'\n';

    public bool TryTake(byte expected)
    {
        if (Peek() != expected || Position >= text.Length)
        {
            return false;
        }

        Position++;
        return true;
    }

    public void Take(byte expected)
    {
        if (!TryTake(expected))
        {
            Fail($"'{(char)expected}' expected");
        }
    }

    /// <summary>atom, flag or number: up to a space, parenthesis, quotation mark, brace or line end. Not empty.</summary>
    public ReadOnlySpan<byte> Atom()
    {
        Peek();
        var length = Rest.IndexOfAny(AtomEnds);
        if (length < 0)
        {
            length = Rest.Length;
        }

        if (length == 0)
        {
            Fail("a word expected");
        }

        var atom = text.Slice(Position, length);
        Position += length;
        return atom;
    }

    public ulong Number()
    {
        var atom = Atom();
        if (!Utf8Parser.TryParse(atom, out ulong number, out var used) || used != atom.Length)
        {
            Fail("a number expected");
        }

        return number;
    }

    /// <summary>A number, or null for NIL, a negative one or none.</summary>
    public long? NumberOrNil()
    {
        if (Peek() == (byte)'"')
        {
            // A number in quotation marks.
            return Utf8Parser.TryParse(NString(out _), out long quoted, out _) && quoted >= 0 ? quoted : null;
        }

        var atom = Atom();
        if (ImapWords.Is(atom, "NIL"u8))
        {
            return null;
        }

        if (!Utf8Parser.TryParse(atom, out long number, out var used) || used != atom.Length)
        {
            Fail("a number expected");
        }

        // QUIRK: several servers, -1 as the number of lines or bytes.
        return number < 0 ? null : number;
    }

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
    public ReadOnlyMemory<byte> NStringBytes()
    {
        var bytes = NString(out var isNil);
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

    /// <summary>Passes over one value of any kind: a word, string, literal or whole list.</summary>
    public void SkipValue()
    {
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case (byte)'(':
                    Position++;
                    depth++;
                    break;
                case (byte)')':
                    if (depth == 0)
                    {
                        Fail("a value expected");
                    }

                    Position++;
                    depth--;
                    break;
                case 0 or (byte)'\r' or (byte)'\n':
                    Fail("the reply ends inside a list");
                    break;
                case (byte)'"' or (byte)'{':
                    NString(out _);
                    break;
                default:
                    SkipWord();
                    break;
            }
        }
        while (depth > 0);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Fail(string what) => throw new ImapSyntaxException($"{what} at byte {Position}");

    private void SkipWord()
    {
        // BODY[HEADER.FIELDS (A B)] is one word.
        var start = Position;
        var atom = Atom();
        if (atom.Contains((byte)'[') && !atom.Contains((byte)']'))
        {
            var close = text[start..].IndexOf((byte)']');
            if (close > 0)
            {
                Position = start + close + 1;
            }
        }
    }

    /// <summary>quoted = DQUOTE *QUOTED-CHAR DQUOTE; eight-bit bytes are let through.</summary>
    private ReadOnlySpan<byte> Quoted()
    {
        var start = ++Position;
        byte[]? unescaped = null;
        var length = 0;
        while (true)
        {
            var stop = Rest.IndexOfAny(QuotedStops);
            if (stop < 0 || Rest[stop] is (byte)'\r' or (byte)'\n')
            {
                Fail("a string without its closing quotation mark");
            }

            var isEscape = Rest[stop] == (byte)'\\';
            if (!isEscape && IsClosing(stop))
            {
                var last = Rest[..stop];
                var whole = text[start..(Position + stop)];
                Position += stop + 1;
                if (unescaped is null)
                {
                    return whole;
                }

                last.CopyTo(unescaped.AsSpan(length));
                return unescaped.AsSpan(0, length + last.Length);
            }

            if (isEscape && IsStrayBackslash(stop))
            {
                var whole = text[start..(Position + stop)];
                Position += stop + 2;
                if (unescaped is null)
                {
                    return whole;
                }

                text[(Position - 2 - stop)..(Position - 2)].CopyTo(unescaped.AsSpan(length));
                return unescaped.AsSpan(0, length + stop);
            }

            // Only an escaped character needs a copy; it cannot be longer than what remains of the line.
            unescaped ??= Begin(start, ref length);
            var kept = isEscape ? stop : stop + 1;
            Rest[..kept].CopyTo(unescaped.AsSpan(length));
            length += kept;
            Position += stop + 1;
            if (isEscape && Position < text.Length && text[Position] is not ((byte)'\r' or (byte)'\n'))
            {
                unescaped[length++] = text[Position++];
            }
        }
    }

    private readonly byte[] Begin(int start, ref int length)
    {
        var lineEnd = text[start..].IndexOf((byte)'\n');
        var buffer = new byte[lineEnd < 0 ? text.Length - start : lineEnd];
        text[start..Position].CopyTo(buffer);
        length = Position - start;
        return buffer;
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
