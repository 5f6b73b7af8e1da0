using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Mime.Writing;

/// <summary>A parameter with a file name, so that readers old and new get it back.</summary>
internal static class ParameterText
{
    /// <summary>Characters of a value in one piece, so that the line with its name and quotes stays within 76.</summary>
    private const int MaxPiece = 50;

    /// <summary>
    /// Plain quoted ASCII; else RFC 2231 in pieces (<paramref name="useEncodedWords"/> false), or encoded words in quotes, which
    /// RFC 2047 forbids and QQ mail and old Outlook read.
    /// </summary>
    public static IReadOnlyList<string> Format(string name, string value, bool useEncodedWords)
    {
        if (Ascii.IsValid(value) && value.Length <= 200 && !value.Contains("=?", StringComparison.Ordinal) && value == value.Trim(' '))
        {
            return [$"{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""];
        }

        if (useEncodedWords)
        {
            return [$"{name}=\"{EncodedWord.Encode(value, MaxPiece)}\""];
        }

        var pieces = Pieces(value);
        return pieces.Count == 1
            ? [$"{name}*=UTF-8''{pieces[0]}"]
            : [.. pieces.Select((piece, index) => string.Create(CultureInfo.InvariantCulture, $"{name}*{index}*={(index == 0 ? "UTF-8''" : "")}{piece}"))];
    }

    /// <remarks><c>attribute-char = &lt;any ASCII CHAR except SPACE, CTLs, "*", "'", "%", or tspecials&gt;</c> (RFC 2231 §7)</remarks>
    private static List<string> Pieces(string value)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(utf8);
            var isPlain = rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '-' or '.' or '_' or '~' or '+');
            if (piece.Length + (isPlain ? 1 : length * 3) > MaxPiece)
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }

            if (isPlain)
            {
                piece.Append((char)rune.Value);
                continue;
            }

            foreach (var each in utf8[..length])
            {
                piece.Append(CultureInfo.InvariantCulture, $"%{each:X2}");
            }
        }

        pieces.Add(piece.ToString());
        return pieces;
    }
}
