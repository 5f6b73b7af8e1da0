using System.Globalization;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Text as the search index keeps it: folded tokens with a space between them, so that SQLite need only look for the spaces. Compatible
/// forms (NFKC), letter case, letters with and without accents, and traditional and simplified characters are one. A word is letters,
/// digits and their marks. Scripts that put no space between words become
/// overlapping pairs and, at the end of a run, its last character: <c>报价单</c> is <c>报价 价单 单</c>, so that every single character begins
/// a token and every longer piece is a sequence of pairs; a line break inside does not tear them apart. One caller at a time.
/// </summary>
internal sealed class SearchText
{
    /// <summary>UTF-8 bytes of a word; the rest of a longer one is left out, here and in queries alike.</summary>
    public const int LongestWord = 96;

    /// <summary>A buffer that grew beyond this many bytes for one text is not kept for the next.</summary>
    private const int KeptBytes = 256 * 1024;

    private byte[] _bytes = new byte[16 * 1024];
    private int _length;
    private State _state;
    private int _wordBytes;
    private Rune _last;
    private int _runLength;
    private bool _isQuery;
    private bool _owesLast;

    private enum State
    {
        Between,
        Word,
        Run,
    }

    private enum Kind
    {
        Separator,
        Nothing,
        Word,
        Mark,
        Unspaced,
        Symbol,
    }

    /// <summary>The tokens of a text, as UTF-8.</summary>
    /// <param name="longest">So many UTF-16 units are looked at; the rest is left out.</param>
    public byte[] Index(string text, int longest)
    {
        Fold(text, longest, isQuery: false);
        var tokens = _length == 0 ? [] : _bytes.AsSpan(0, _length).ToArray();
        if (_bytes.Length > KeptBytes)
            _bytes = new byte[KeptBytes];
        return tokens;
    }

    /// <summary>
    /// The tokens that follow one another wherever this is said. The last is the beginning of one when the phrase ends with a single
    /// character of a script without spaces. Empty when there is nothing to look for.
    /// </summary>
    public (string Tokens, bool IsPrefix) Phrase(string text, int longest)
    {
        Fold(text, longest, isQuery: true);
        var isPrefix = _owesLast && _runLength == 1;
        if (isPrefix)
            WriteLast();
        return (Encoding.UTF8.GetString(_bytes, 0, _length), isPrefix);
    }

    private void Fold(string text, int longest, bool isQuery)
    {
        _length = 0;
        _state = State.Between;
        _isQuery = isQuery;
        _owesLast = false;
        var cut = longest < 1 ? "" : TextCut.At(text, longest);
        Write(IsStable(cut) ? cut : TextCut.At(Sound(cut).Normalize(NormalizationForm.FormKC), longest));
        End();
    }

    private void Write(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length;)
        {
            var character = text[i];
            if (character < 0x80)
            {
                if (_state == State.Run && char.IsWhiteSpace(character) && UnspacedText.AfterBreak(text, i, _last) is { } next)
                {
                    i = next;
                    continue;
                }

                i++;
                if (char.IsAsciiLetterOrDigit(character))
                    WriteWord((byte)(char.IsAsciiLetterUpper(character) ? character | 0x20 : character));
                else
                    End();
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var used);
            i += used;
            Write(rune);
        }
    }

    private void Write(Rune rune)
    {
        switch (KindOf(rune))
        {
            case Kind.Word:
                WriteWord(rune);
                break;
            case Kind.Mark when _state == State.Word:
                WriteWord(rune);
                break;
            case Kind.Unspaced:
                WriteRun(rune);
                break;
            case Kind.Symbol:
                End();
                BeginToken();
                Append(rune);
                break;
            case Kind.Separator:
                End();
                break;
            default:
                // A mark without a letter, or what nobody sees: it neither is a word nor ends one.
                break;
        }
    }

    private void WriteWord(byte letter)
    {
        BeginWord();
        if (_wordBytes == LongestWord)
            return;
        Reserve(1);
        _bytes[_length++] = letter;
        _wordBytes++;
    }

    private void WriteWord(Rune rune)
    {
        if (LetterFold.Of(rune) is { } letters)
        {
            foreach (var letter in letters.EnumerateRunes())
                WritePlain(letter);
            return;
        }

        WritePlain(LetterFold.Simple(rune));
    }

    private void WritePlain(Rune folded)
    {
        if (folded.IsAscii)
        {
            WriteWord((byte)folded.Value);
            return;
        }

        BeginWord();
        if (_wordBytes + folded.Utf8SequenceLength > LongestWord)
        {
            _wordBytes = LongestWord;
            return;
        }

        Append(folded);
        _wordBytes += folded.Utf8SequenceLength;
    }

    private void BeginWord()
    {
        if (_state == State.Word)
            return;
        End();
        BeginToken();
        _state = State.Word;
        _wordBytes = 0;
    }

    private void WriteRun(Rune character)
    {
        var rune = LetterFold.Simple(character);
        if (_state == State.Run)
        {
            BeginToken();
            Append(_last);
            Append(rune);
            _runLength++;
        }
        else
        {
            End();
            BeginToken(isRun: true);
            _state = State.Run;
            _runLength = 1;
        }

        _last = rune;
    }

    /// <summary>
    /// Ends a word or a run. A query does not know whether its last run goes on in the text: the last character waits until something
    /// follows it.
    /// </summary>
    private void End()
    {
        if (_state == State.Run)
        {
            if (_isQuery)
                _owesLast = true;
            else
                WriteLast();
        }

        _state = State.Between;
    }

    private void WriteLast()
    {
        _owesLast = false;
        BeginToken();
        Append(_last);
    }

    /// <param name="isRun">Its first pair is yet to come.</param>
    private void BeginToken(bool isRun = false)
    {
        if (_owesLast)
            WriteLast();
        if (isRun || _length == 0)
            return;
        Reserve(1);
        _bytes[_length++] = (byte)' ';
    }

    private void Append(Rune rune)
    {
        Reserve(4);
        _length += rune.EncodeToUtf8(_bytes.AsSpan(_length));
    }

    private void Reserve(int count)
    {
        if (_length + count > _bytes.Length)
            Array.Resize(ref _bytes, _bytes.Length * 2);
    }

    private static Kind KindOf(Rune rune)
    {
        var value = rune.Value;
        if (value is >= 0x4E00 and <= 0x9FFF or >= 0xAC00 and <= 0xD7A3)
            return Kind.Unspaced;
        if (LetterFold.IsLeftOut(value))
            return Kind.Nothing;
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber:
                return Kind.Word;
            case UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.LetterNumber:
                return UnspacedText.IsUnspaced(value) ? Kind.Unspaced : Kind.Word;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark:
                return IsVariationSelector(value) ? Kind.Nothing : UnspacedText.IsSouthEastAsian(value) ? Kind.Unspaced : Kind.Mark;
            case UnicodeCategory.OtherSymbol:
                return rune == Rune.ReplacementChar ? Kind.Separator : Kind.Symbol;
            case UnicodeCategory.Format:
                return Kind.Nothing;
            default:
                return Kind.Separator;
        }
    }

    private static bool IsVariationSelector(int value) => value is >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF;

    /// <summary>Whether NFKC would change nothing that matters here: true for most text, and ten times as quick as asking.</summary>
    private static bool IsStable(ReadOnlySpan<char> text)
    {
        var ascii = text.IndexOfAnyExceptInRange('\0', '\x7F');
        if (ascii < 0)
            return true;
        foreach (var character in text[ascii..])
        {
            var isStable = (int)character switch
            {
                < 0x80 or 0xA0 => true,
                >= 0xC0 and <= 0x131 => true,
                >= 0x400 and <= 0x481 => true, // Cyrillic
                >= 0x2010 and <= 0x2027 => true, // dashes, quotation marks, dots
                >= 0x3000 and <= 0x301F => true, // CJK punctuation
                >= 0x3041 and <= 0x3096 => true, // Hiragana
                >= 0x30A1 and <= 0x30FE => true, // Katakana
                >= 0x4E00 and <= 0x9FFF => true,
                >= 0xAC00 and <= 0xD7A3 => true,
                >= 0xFF01 and <= 0xFF0F or >= 0xFF1A and <= 0xFF20 or >= 0xFF3B and <= 0xFF40 or >= 0xFF5B and <= 0xFF65 => true, // full-width punctuation
                _ => false,
            };
            if (!isStable)
                return false;
        }

        return true;
    }

    /// <summary>Normalizing throws at half pairs and at U+FFFE.</summary>
    private static string Sound(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            result.Append(rune.Value == 0xFFFE ? Rune.ReplacementChar : rune);
        return result.ToString();
    }
}
