using System.Buffers;
using System.Buffers.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// Takes the bytes out of one field of a JSON object, where they are base64url in a single string that may be too large for memory. It is
/// fed as the text arrives and gives what is decoded so far.
/// </summary>
/// <param name="name">The field, of the object itself.</param>
internal sealed class Base64UrlField(string name)
{
    private readonly byte[] word = new byte[64];
    private readonly byte[] escape = new byte[4];
    private byte[] undecoded = new byte[8];
    private int undecodedLength;
    private int wordLength;
    private int escapeLength;
    private int depth;
    private bool isName;
    private bool isPadded;
    private State state;

    private enum State
    {
        Between,
        Text,
        TextEscape,
        Field,
        FieldEscape,
        FieldUnicode,
    }

    /// <summary>The field was there.</summary>
    public bool IsFound { get; private set; }

    /// <summary>The object has come to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes what has arrived, and writes what is decoded.</summary>
    /// <param name="text">May be changed.</param>
    /// <exception cref="MailException"><c>protocol_error</c>: this is not base64.</exception>
    public void Feed(Span<byte> text, IBufferWriter<byte> decoded)
    {
        while (text.Length > 0)
        {
            if (state == State.Field)
            {
                text = TakeField(text, decoded);
                continue;
            }

            var c = text[0];
            text = text[1..];
            switch (state)
            {
                case State.Between:
                    Structure(c);
                    break;
                case State.Text when c == '\\':
                    state = State.TextEscape;
                    break;
                case State.Text when c == '"':
                    state = State.Between;
                    break;
                case State.Text:
                    if (wordLength < word.Length)
                        word[wordLength++] = c;
                    break;
                case State.TextEscape:
                    state = State.Text;
                    wordLength = word.Length; // None of our names has an escape.
                    break;
                case State.FieldEscape:
                    Unescape(c, decoded);
                    break;
                case State.FieldUnicode:
                    escape[escapeLength++] = c;
                    if (escapeLength == escape.Length)
                        EndUnicode(decoded);
                    break;
                default:
                    break;
            }
        }
    }

    private void Structure(byte c)
    {
        switch (c)
        {
            case (byte)'{' or (byte)'[':
                depth++;
                isName = false;
                break;
            case (byte)'}' or (byte)']':
                IsComplete |= --depth == 0;
                break;
            case (byte)':':
                isName = depth == 1 && word.AsSpan(0, wordLength).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(name));
                break;
            case (byte)',':
                isName = false;
                break;
            case (byte)'"' when isName:
                (isName, IsFound, state) = (false, true, State.Field);
                break;
            case (byte)'"':
                wordLength = 0;
                state = State.Text;
                break;
            default:
                break;
        }
    }

    /// <returns>What comes after the field, or after the part of it that is here.</returns>
    private Span<byte> TakeField(Span<byte> text, IBufferWriter<byte> decoded)
    {
        var end = text.IndexOfAny((byte)'"', (byte)'\\');
        Take(end < 0 ? text : text[..end], decoded);
        if (end < 0)
            return [];
        if (text[end] == '\\')
        {
            state = State.FieldEscape;
        }
        else
        {
            state = State.Between;
            Decode(decoded, isFinal: true);
        }

        return text[(end + 1)..];
    }

    private void Unescape(byte c, IBufferWriter<byte> decoded)
    {
        state = State.Field;
        switch (c)
        {
            case (byte)'u':
                (state, escapeLength) = (State.FieldUnicode, 0);
                break;
            case (byte)'/':
                Take([(byte)'_'], decoded);
                break;
            case (byte)'n' or (byte)'r':
                break;
            default:
                throw GmailFaults.Odd();
        }
    }

    private void EndUnicode(IBufferWriter<byte> decoded)
    {
        state = State.Field;
        if (!Utf8Parser.TryParse(escape, out ushort c, out var length, 'x') || length != 4 || c > 127)
            throw GmailFaults.Odd();
        Take([(byte)c], decoded);
    }

    private void Take(Span<byte> text, IBufferWriter<byte> decoded)
    {
        if (text.IndexOf((byte)'=') is >= 0 and var padding)
        {
            if (text[padding..].ContainsAnyExcept((byte)'='))
                throw GmailFaults.Odd();
            Take(text[..padding], decoded);
            isPadded = true;
            return;
        }

        if (isPadded && text.Length > 0)
            throw GmailFaults.Odd();
        text.Replace((byte)'+', (byte)'-');
        text.Replace((byte)'/', (byte)'_');
        if (undecoded.Length < undecodedLength + text.Length)
            Array.Resize(ref undecoded, undecodedLength + text.Length);
        text.CopyTo(undecoded.AsSpan(undecodedLength));
        undecodedLength += text.Length;
        Decode(decoded, isFinal: false);
    }

    private void Decode(IBufferWriter<byte> decoded, bool isFinal)
    {
        var whole = isFinal ? undecodedLength : undecodedLength / 4 * 4;
        if (whole == 0)
            return;
        var status = Base64Url.DecodeFromUtf8(undecoded.AsSpan(0, whole), decoded.GetSpan(whole), out var consumed, out var written, isFinal);
        if (status != OperationStatus.Done || consumed != whole)
            throw GmailFaults.Odd();
        decoded.Advance(written);
        undecoded.AsSpan(whole, undecodedLength - whole).CopyTo(undecoded);
        undecodedLength -= whole;
    }
}
