using System.Buffers;
using System.Text;
using MailDaemon.Protocols.Mime.Encodings;

namespace MailDaemon.Protocols.Mime;

/// <summary>Words of other scripts in header fields (RFC 2047).</summary>
/// <remarks><c>encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="</c> (RFC 2047 §2, RFC 2231 §5)</remarks>
public static class EncodedWord
{
    private const int MaxLength = 75;

    /// <summary>A word with room for one character of four bytes in either encoding.</summary>
    private const int MinLength = 28;

    private const int MaxCharset = 60;

    private const string Prefix = "=?UTF-8?";

    private static readonly SearchValues<char> NotInCharset = SearchValues.Create(" \t=<>\"");

    /// <summary>
    /// Decodes every encoded word of an unfolded value, also one inside other text. Blanks between two words vanish, and their bytes
    /// are joined before they are decoded, since senders split characters. Characters above ASCII inside a word were sent raw: they are
    /// text already. Never throws; what is no encoded word stays.
    /// </summary>
    public static string Decode(string value)
    {
        var start = value.IndexOf("=?", StringComparison.Ordinal);
        if (start < 0)
        {
            return value;
        }

        var result = new StringBuilder(value.Length);
        var pending = new PendingBytes();
        var position = 0;
        while (start >= 0)
        {
            if (Read(value, start) is not { } word)
            {
                start = NextStart(value, start + 2);
                continue;
            }

            var between = value.AsSpan(position, start - position);
            if (!between.IsWhiteSpace() || pending.IsEmpty)
            {
                pending.FlushTo(result);
                result.Append(between);
            }
            else if (!pending.Continues(word))
            {
                pending.FlushTo(result);
            }

            pending.Add(word, result);
            position = word.End;
            start = NextStart(value, position);
        }

        pending.FlushTo(result);
        return result.Append(value, position, value.Length - position).ToString();
    }

    /// <summary>Decodes the bytes of a field value: raw 8-bit text as UTF-8 or the best guess, then the encoded words.</summary>
    public static string Decode(ReadOnlySpan<byte> value) => Decode(Charsets.DecodeHeader(value, FirstCharset(value)));

    /// <summary>The charset of the first encoded word, which raw bytes inside a word are of; null when there is no word.</summary>
    internal static string? FirstCharset(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOf("=?"u8);
        if (start < 0)
        {
            return null;
        }

        var name = value[(start + 2)..];
        var end = name.IndexOfAny("?* "u8);
        return end is > 0 and <= MaxCharset ? Encoding.Latin1.GetString(name[..end]) : null;
    }

    /// <summary>
    /// Encodes the whole value as UTF-8 words of at most 75 characters with a space between them, each holding whole characters.
    /// Base64 or Q, whichever is shorter.
    /// </summary>
    public static string Encode(string value) => Encode(value, MaxLength);

    /// <param name="firstLength">Room for the first word, which stands behind the name of its field.</param>
    internal static string Encode(string value, int firstLength)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var quotedLength = bytes.Sum(each => QEncoding.IsPlain(each) || each == ' ' ? 1 : 3);
        return quotedLength <= (bytes.Length + 2) / 3 * 4
            ? Split(value, length => length, firstLength, QEncoding.Length, text => $"{Prefix}Q?{QEncoding.Encode(text)}?=")
            : Split(value, length => length / 4 * 3, firstLength, rune => rune.Utf8SequenceLength, text => $"{Prefix}B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=");
    }

    /// <summary>Whether a reader would not get this value back if it were written as it is.</summary>
    internal static bool IsNeeded(string value, bool allowUtf8) =>
        (!allowUtf8 && !Ascii.IsValid(value)) || value.Contains("=?", StringComparison.Ordinal) ||
        value.StartsWith(' ') || value.EndsWith(' ') || HasLongWord(value);

    private static bool HasLongWord(string value)
    {
        foreach (var word in value.AsSpan().Split(' '))
        {
            if (word.End.Value - word.Start.Value > 900)
            {
                return true;
            }
        }

        return false;
    }

    private static string Split(string value, Func<int, int> capacityOf, int firstLength, Func<Rune, int> cost, Func<string, string> encode)
    {
        var capacity = capacityOf(Math.Clamp(firstLength, MinLength, MaxLength) - Prefix.Length - 4);
        var words = new List<string>();
        var word = new StringBuilder();
        var used = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            var needed = cost(rune);
            if (used + needed > capacity)
            {
                words.Add(encode(word.ToString()));
                word.Clear();
                used = 0;
                capacity = capacityOf(MaxLength - Prefix.Length - 4);
            }

            word.Append(rune.ToString());
            used += needed;
        }

        words.Add(encode(word.ToString()));
        return string.Join(' ', words);
    }

    private static int NextStart(string value, int from) => from >= value.Length ? -1 : value.IndexOf("=?", from, StringComparison.Ordinal);

    private static Word? Read(string value, int start)
    {
        var charsetEnd = value.IndexOf('?', start + 2);
        if (charsetEnd < 0 || charsetEnd + 2 >= value.Length || value[charsetEnd + 2] != '?')
        {
            return null;
        }

        var charset = value.AsSpan(start + 2, charsetEnd - start - 2);
        var encoding = char.ToUpperInvariant(value[charsetEnd + 1]);
        if (encoding is not ('B' or 'Q') || charset.Length > MaxCharset || charset.ContainsAny(NotInCharset))
        {
            return null;
        }

        var textStart = charsetEnd + 3;
        var end = value.IndexOf("?=", textStart, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var star = charset.IndexOf('*');
        return new Word((star < 0 ? charset : charset[..star]).ToString(), encoding == 'B', value[textStart..end], end + 2);
    }

    private sealed record Word(string Charset, bool IsBase64, string Text, int End);

    /// <summary>Bytes of adjacent words of one charset.</summary>
    private sealed class PendingBytes
    {
        private readonly MemoryStream bytes = new();
        private string charset = "";

        public bool IsEmpty { get; private set; } = true;

        public bool Continues(Word word) => charset.Equals(word.Charset, StringComparison.OrdinalIgnoreCase);

        public void Add(Word word, StringBuilder result)
        {
            charset = word.Charset;
            if (word.IsBase64)
            {
                Write(Base64Decoder.DecodeAll(Encoding.UTF8.GetBytes(word.Text)));
                return;
            }

            var text = word.Text.AsSpan();
            while (true)
            {
                var raw = text.IndexOfAnyExceptInRange('\0', '\x7F');
                Write(QEncoding.Decode(Encoding.ASCII.GetBytes((raw < 0 ? text : text[..raw]).ToString())));
                if (raw < 0)
                {
                    return;
                }

                FlushTo(result);
                text = text[raw..];
                var end = text.IndexOfAnyInRange('\0', '\x7F');
                result.Append(end < 0 ? text : text[..end]);
                text = end < 0 ? [] : text[end..];
            }
        }

        public void FlushTo(StringBuilder result)
        {
            if (!IsEmpty)
            {
                result.Append(Charsets.DecodeWord(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), charset));
                bytes.SetLength(0);
                IsEmpty = true;
            }
        }

        private void Write(ReadOnlySpan<byte> decoded)
        {
            bytes.Write(decoded);
            IsEmpty = false;
        }
    }
}
