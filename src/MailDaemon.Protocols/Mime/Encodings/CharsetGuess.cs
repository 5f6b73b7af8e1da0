using System.Text;

namespace MailDaemon.Protocols.Mime.Encodings;

/// <summary>
/// Guesses the charset of bytes that nobody named rightly. UTF.Unknown knows the languages; where it is not sure, which is so of short
/// texts, each candidate is walked over the text and scored by how common the characters it would give are. Mail without a charset is
/// mostly old Chinese, Japanese, Korean, Russian or western mail.
/// </summary>
internal static class CharsetGuess
{
    /// <summary>Below it UTF.Unknown chooses among single-byte charsets as it likes.</summary>
    private const float MinConfidence = 0.65f;

    /// <summary>Of fewer bytes above ASCII it knows nothing.</summary>
    private const int MinDetected = 8;

    /// <summary>It takes half a millisecond for a kilobyte, and is not surer of more.</summary>
    private const int MaxDetected = 1024;

    private const int Impossible = -10;

    /// <summary>Points for a pair of bytes read as one character; <see cref="Impossible"/> when there is no such character.</summary>
    private delegate int ScorePair(byte lead, byte trail);

    /// <summary>
    /// Whether all above ASCII can be common characters of GB 2312. An odd letter is one that they would be as UTF-8 and that hardly any
    /// language has (U+0180 to U+037F).
    /// </summary>
    public static bool IsCommonChinese(ReadOnlySpan<byte> bytes, out bool hasOddLetter)
    {
        hasOddLetter = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] >= 0x80)
            {
                if (i + 1 == bytes.Length || bytes[i] is < 0xB0 or > 0xD7 || bytes[i + 1] < 0xA1)
                {
                    return false;
                }

                hasOddLetter |= bytes[i] is >= 0xC6 and <= 0xCD;
                i++;
            }
        }

        return true;
    }

    /// <summary>Whether bytes above ASCII can be western letters: those stand alone or two together, not in runs.</summary>
    public static bool IsWestern(ReadOnlySpan<byte> bytes)
    {
        var (all, inRuns) = (0, 0);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
            {
                continue;
            }

            var run = bytes[i..].IndexOfAnyInRange((byte)0, (byte)0x7F) is >= 0 and var length ? length : bytes.Length - i;
            var isLine = !bytes.Slice(i, run).ContainsAnyExcept(bytes[i]); // of dashes or dots
            all += isLine ? 0 : run;
            inRuns += isLine || run < 4 ? 0 : run;
            i += run - 1;
        }

        return all < 8 || inRuns * 2 <= all;
    }

    /// <summary>Whether the bytes switch sets as ISO-2022 does; they are all 7-bit then.</summary>
    public static bool HasEscapes(ReadOnlySpan<byte> bytes) =>
        (bytes.IndexOf("\e$B"u8) >= 0 || bytes.IndexOf("\e$@"u8) >= 0 || bytes.IndexOf("\e$("u8) >= 0 || bytes.IndexOf("\e$)"u8) >= 0) && Ascii.IsValid(bytes);

    /// <summary>The charset that bytes which are not UTF-8 are most probably of.</summary>
    public static string Name(ReadOnlySpan<byte> text)
    {
        if (HasEscapes(text))
        {
            return text.IndexOf("\e$)C"u8) >= 0 ? "iso-2022-kr" : "iso-2022-jp";
        }

        var bytes = CharsetFit.Sample(text);
        return (HighCount(bytes) >= MinDetected ? Detected(bytes) : null) ?? BestScore(bytes);
    }

    private static int HighCount(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var each in bytes)
        {
            count += each >> 7;
        }

        return count;
    }

    private static string? Detected(ReadOnlySpan<byte> bytes) =>
        UtfUnknown.CharsetDetector.DetectFromBytes(bytes[..Math.Min(bytes.Length, MaxDetected)].ToArray()).Detected is { Confidence: >= MinConfidence } found
        && CharsetNames.Normalize(found.EncodingName) is { } name and not ("us-ascii" or "utf-8" or "utf-7") && CharsetNames.IsKnown(name) && CharsetFit.Fits(bytes, name)
            ? name
            : null;

    private static string BestScore(ReadOnlySpan<byte> bytes)
    {
        var best = "windows-1252";
        var bestScore = ScoreWestern(bytes);
        Offer("gb18030", ScorePairs(bytes, Gb18030), ref best, ref bestScore);
        Offer("big5", ScorePairs(bytes, Big5), ref best, ref bestScore);
        Offer("shift_jis", ScorePairs(bytes, ShiftJis), ref best, ref bestScore);
        Offer("euc-jp", ScorePairs(bytes, EucJp), ref best, ref bestScore);
        Offer("cp949", ScorePairs(bytes, Korean), ref best, ref bestScore);
        Offer("windows-1251", ScoreLetters(bytes, 0xE0, 0xFF, 0xC0, 0xDF), ref best, ref bestScore);
        Offer("koi8-r", ScoreLetters(bytes, 0xC0, 0xDF, 0xE0, 0xFF), ref best, ref bestScore);
        return best;
    }

    private static void Offer(string name, int score, ref string best, ref int bestScore)
    {
        if (score > bestScore)
        {
            best = name;
            bestScore = score;
        }
    }

    private static int ScorePairs(ReadOnlySpan<byte> bytes, ScorePair score)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
            {
                continue;
            }

            if (i + 1 == bytes.Length)
            {
                break; // cut in the middle
            }

            var points = score(bytes[i], bytes[i + 1]);
            sum += points;
            i += points == Impossible ? 0 : 1;
        }

        return sum;
    }

    /// <summary>Western letters and quotes above ASCII stand alone among ASCII, or two together behind a small letter: Größe, maçã, l’été.</summary>
    private static int ScoreWestern(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
            {
                continue;
            }

            var run = bytes[i..].IndexOfAnyInRange((byte)0, (byte)0x7F) is >= 0 and var length ? length : bytes.Length - i;
            var isPair = run == 2 && i > 0 && char.IsAsciiLetterLower((char)bytes[i - 1]) && (bytes[i] is >= 0xDF or 0x92) && bytes[i + 1] >= 0xDF;
            sum += run == 1 ? ScoreAlone(bytes[i]) : isPair ? 6 : -run;
            i += run - 1;
        }

        return sum;
    }

    private static int ScoreAlone(byte each) => each switch
    {
        >= 0xC0 => 4,
        (>= 0x91 and <= 0x97) or 0x85 => 3, // quotes, dashes, the ellipsis
        >= 0xA0 => 2,
        _ => 1,
    };

    /// <summary>Cyrillic words are runs of lower-case letters, capitals at most in front.</summary>
    private static int ScoreLetters(ReadOnlySpan<byte> bytes, byte lowerFrom, byte lowerTo, byte upperFrom, byte upperTo)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
            {
                continue;
            }

            var startsWord = i == 0 || bytes[i - 1] < 0x80;
            var isLower = bytes[i] >= lowerFrom && bytes[i] <= lowerTo;
            var isUpper = bytes[i] >= upperFrom && bytes[i] <= upperTo;
            var isAlone = startsWord && (i + 1 == bytes.Length || bytes[i + 1] < 0x80);
            sum += isAlone ? 1 : isLower ? 2 : isUpper && startsWord ? 2 : isUpper ? 0 : -2;
        }

        return sum;
    }

    /// <summary>GB 2312 level 1 (the 3,755 common characters) is 0xB0 to 0xD7; the pairs are 的 是 不 我 一 有 了 人 在 您 你 ， 。.</summary>
    private static int Gb18030(byte lead, byte trail) => (lead, trail) switch
    {
        ( < 0x81 or 0xFF, _) or (_, < 0x30 or 0x7F or 0xFF) => Impossible,
        (_, <= 0x39) => 0, // half of four bytes
        (_, < 0x40) => Impossible,
        (0xB5, 0xC4) or (0xCA, 0xC7) or (0xB2, 0xBB) or (0xCE, 0xD2) or (0xD2, 0xBB) or (0xD3, 0xD0) or (0xC1, 0xCB) or (0xC8, 0xCB) or
            (0xD4, 0xDA) or (0xC4, 0xFA) or (0xC4, 0xE3) or (0xA3, 0xAC) or (0xA1, 0xA3) => 7,
        ( >= 0xB0 and <= 0xD7, >= 0xA1) => 4,
        ( >= 0xA1 and <= 0xA3, >= 0xA1) => 3,
        ( >= 0xD8 and <= 0xF7, >= 0xA1) => 1,
        _ => -1,
    };

    /// <summary>Big5 level 1 is 0xA4 to 0xC6; the pairs are 的 是 不 我 一 有 了 人 在 您 你 ， 。.</summary>
    private static int Big5(byte lead, byte trail) => (lead, trail) switch
    {
        ( < 0xA1 or > 0xF9, _) or (_, < 0x40 or (> 0x7E and < 0xA1) or 0xFF) => Impossible,
        (0xAA, 0xBA) or (0xAC, 0x4F) or (0xA4, 0xA3) or (0xA7, 0xDA) or (0xA4, 0x40) or (0xA6, 0xB3) or (0xA4, 0x46) or (0xA4, 0x48) or
            (0xA6, 0x62) or (0xB1, 0x7A) or (0xA7, 0x41) or (0xA1, 0x41) or (0xA1, 0x43) => 7,
        ( >= 0xA4 and <= 0xC6, _) => 4,
        ( >= 0xA1 and <= 0xA3, _) => 3,
        _ => 1,
    };

    /// <summary>Kana are most of any Japanese text.</summary>
    private static int ShiftJis(byte lead, byte trail) => (lead, trail) switch
    {
        ( >= 0xA1 and <= 0xDF, _) => -1, // half-width katakana, one byte each: seldom in mail
        (0x80 or 0xA0 or > 0xFC, _) or (_, < 0x40 or 0x7F or > 0xFC) => Impossible,
        (0x82, >= 0x9F and <= 0xF1) => 7,
        (0x83, <= 0x96) => 5,
        (0x81, _) => 3,
        ( >= 0x88 and <= 0x97, _) => 4,
        _ => 1,
    };

    private static int EucJp(byte lead, byte trail) => (lead, trail) switch
    {
        ( < 0xA1 and not 0x8E, _) or (0xFF, _) or (_, < 0xA1 or 0xFF) => Impossible,
        (0xA4, <= 0xF3) => 7,
        (0xA5, <= 0xF6) => 5,
        (0xA1, _) => 2,
        ( >= 0xB0 and <= 0xCF, _) => 3,
        _ => 0,
    };

    /// <summary>Hangul syllables are 0xB0 to 0xC8; the pairs are 이 다 는 의 에 가 을 한 하 고 니 요.</summary>
    private static int Korean(byte lead, byte trail) => (lead, trail) switch
    {
        ( < 0x81 or 0xFF, _) or (_, < 0x41 or (> 0x5A and < 0x61) or (> 0x7A and < 0x81) or 0xFF) => Impossible,
        (0xC0, 0xCC) or (0xB4, 0xD9) or (0xB4, 0xC2) or (0xC0, 0xC7) or (0xBF, 0xA1) or (0xB0, 0xA1) or (0xC0, 0xBB) or (0xC7, 0xD1) or
            (0xC7, 0xCF) or (0xB0, 0xED) or (0xB4, 0xCF) or (0xBF, 0xE4) => 7,
        ( >= 0xB0 and <= 0xC8, >= 0xA1) => 4,
        ( >= 0xA1 and <= 0xA3, >= 0xA1) => 1,
        ( >= 0xCA and <= 0xFD, >= 0xA1) => 0,
        _ => -1,
    };
}
