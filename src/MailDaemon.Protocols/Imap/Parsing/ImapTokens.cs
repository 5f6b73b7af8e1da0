using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>
/// Reads the tokens of one complete reply (its lines joined by CRLF, literals in place). Spaces are skipped wherever they may
/// stand, which covers the servers that send too many of them or too few.
/// </summary>
internal ref partial struct ImapTokens
{
    /// <summary>How far the end of a section's name is looked for; farther would make a line of opening brackets slow.</summary>
    private const int MaxSection = 4096;

    private static readonly SearchValues<byte> AtomEnds = SearchValues.Create(" ()\"\r\n{"u8);

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
            var close = text.Slice(start, Math.Min(MaxSection, text.Length - start)).IndexOf((byte)']');
            if (close > 0)
            {
                Position = start + close + 1;
            }
        }
    }
}
