using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Escapes in JSON only what RFC 8259 §7 demands, so that Chinese and emoji stay readable. The relaxed encoder of the framework still
/// escapes everything above U+FFFF, rare Han characters among them. What it writes is never put into a page.
/// </summary>
public sealed class ReadableJsonEncoder : JavaScriptEncoder
{
    private const int LongestEscape = 6;

    /// <summary>Where to look closer: what is escaped, and surrogates, of which one may stand alone.</summary>
    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(value => (char)value).Where(character => IsEscaped(character) || char.IsSurrogate(character))]);

    private ReadableJsonEncoder()
    {
    }

    public static ReadableJsonEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

    public override bool WillEncode(int unicodeScalar) => IsEscaped(unicodeScalar);

    internal static bool IsEscaped(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\' or (>= 0x7F and <= 0x9F);

    /// <summary>The first character to escape, half of a surrogate pair included; −1 when there is none.</summary>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        var index = 0;
        while (rest.IndexOfAny(Suspicious) is var plain and >= 0)
        {
            index += plain;
            rest = rest[plain..];
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done || WillEncode(rune.Value))
                return index;
            index += length;
            rest = rest[length..];
        }

        return -1;
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var destination = new Span<char>(buffer, bufferLength);
        var escape = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => null,
        };
        if (escape is not null)
        {
            numberOfCharactersWritten = escape.Length;
            return escape.TryCopyTo(destination);
        }

        if (!WillEncode(unicodeScalar))
            return new Rune(unicodeScalar).TryEncodeToUtf16(destination, out numberOfCharactersWritten);
        return destination.TryWrite($"\\u{unicodeScalar:X4}", out numberOfCharactersWritten);
    }
}
