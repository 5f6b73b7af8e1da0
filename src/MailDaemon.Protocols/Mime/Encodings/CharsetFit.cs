using System.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>Whether bytes can be of the charset that somebody says they are.</summary>
internal static class CharsetFit
{
    /// <summary>Bytes looked at, from the one before the first above ASCII on.</summary>
    public const int SampleLength = 8 * 1024;

    /// <summary>Beyond so many bytes no other charset is valid UTF-8 by chance.</summary>
    private const int MaxByChance = 64;



    /// <summary>The piece of a text that tells its charset.</summary>
    public static ReadOnlySpan<byte> Sample(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        var sample = bytes[Math.Max(start - 1, 0)..];
        return sample[..Math.Min(sample.Length, SampleLength)];
    }

    /// <param name="name">A known charset, as <see cref="CharsetNames.Normalize"/> gives it.</param>
    public static bool Fits(ReadOnlySpan<byte> bytes, string name)
    {
        if (name.StartsWith("utf-16", StringComparison.Ordinal) || name.StartsWith("utf-32", StringComparison.Ordinal))
        {
            return bytes.Contains((byte)0) || !bytes.ContainsAny((byte)' ', (byte)'\n');
        }

        if (Ascii.IsValid(bytes))
        {
            return true;
        }

        return name switch
        {
            "us-ascii" or "utf-7" => false,
            "windows-1252" or "iso-8859-15" => CharsetGuess.IsWestern(Sample(bytes)),
            "utf-8" => HasMoreGoodThanBad(Encoding.UTF8.GetString(Sample(bytes)), share: 1),
            _ when SingleByteTables.Find(name) is not null => true,
            _ => CharsetNames.Find(name) is { } encoding && (encoding.IsSingleByte || HasMoreGoodThanBad(CharsetNames.Marking(encoding).GetString(Sample(bytes)), share: 10)),
        };
    }

    /// <summary>
    /// Whether a short text is valid UTF-8 although it is not meant to be: 图片 in GBK is valid UTF-8 for two letters that no language has
    /// together.
    /// </summary>
    /// <param name="name">What the text is said to be; null when nothing usable is said.</param>
    public static bool IsUtf8ByChance(ReadOnlySpan<byte> bytes, string? name)
    {
        if (bytes.Length > MaxByChance || name is "utf-8" or "us-ascii")
        {
            return false;
        }

        if (name is null)
        {
            return CharsetGuess.IsCommonChinese(bytes, out var hasOddLetter) && hasOddLetter;
        }

        return name == "gb18030" && CharsetGuess.IsCommonChinese(bytes, out _) && !IsInsideWord(bytes)
            || (IsOddUtf8(bytes) && Fits(bytes, name));
    }

    /// <summary>At most one character that is none for <paramref name="share"/> characters above ASCII.</summary>
    private static bool HasMoreGoodThanBad(string text, int share)
    {
        var (good, bad) = (0, 0);
        foreach (var each in text)
        {
            if (each is '\uFFFD' or (>= '\uE000' and <= '\uF8FF'))
            {
                bad++;
            }
            else if (each >= 0x80)
            {
                good++;
            }
        }

        return bad == 0 || bad <= good / share || (bad == 1 && good > 1); // one more is a text that was cut
    }

    /// <summary>Letters that are seldom written in mail: phonetic ones, and scripts of few readers.</summary>
    private static bool IsOddUtf8(ReadOnlySpan<byte> bytes)
    {
        foreach (var each in Encoding.UTF8.GetString(bytes))
        {
            if (each is (>= '\u0180' and <= '\u036F' and not ('\u0218' or '\u0219' or '\u021A' or '\u021B')) or (>= '\u0700' and <= '\u08FF') or (>= '\u1200' and <= '\u177F') or (>= '\u1800' and <= '\u1DFF'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether each pair of bytes is one letter of a word, as in <c>café</c> and <c>Müller</c>: behind a letter, and one beside it is small.</summary>
    private static bool IsInsideWord(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
            {
                continue;
            }

            var before = i == 0 ? ' ' : (char)bytes[i - 1];
            var after = i + 2 < bytes.Length ? (char)bytes[i + 2] : ' ';
            if (!char.IsAsciiLetter(before) || !(char.IsAsciiLetterLower(before) || char.IsAsciiLetterLower(after)))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
