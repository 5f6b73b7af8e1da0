using System.Text;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>Reads "(" [flag *(SP flag)] ")". A keyword that is none (<c>foo(bar)</c>) costs itself, never the flags beside it.</summary>
internal static class FlagList
{
    /// <summary>Farther the end of a list that cannot be read is not looked for.</summary>
    private const int MaxBytes = 64 * 1024;

    private static readonly byte[][] ItemNames =
        [.. new[] { "UID ", "MODSEQ ", "BODY", "BINARY", "INTERNALDATE ", "RFC822", "ENVELOPE ", "EMAILID ", "THREADID ", "X-GM-", "FLAGS " }.Select(Encoding.ASCII.GetBytes)];

    /// <exception cref="ImapSyntaxException">Its end cannot be found.</exception>
    public static IReadOnlyList<string> Read(ref ImapTokens tokens)
    {
        var start = tokens.Position;
        try
        {
            return WithRest(FetchParser.Words(ref tokens), ref tokens);
        }
        catch (ImapSyntaxException)
        {
            tokens.Position = start;
            return ReadLoosely(ref tokens);
        }
    }

    /// <summary>A keyword with a closing parenthesis seems to end the list: what follows it is more flags where it can be nothing else.</summary>
    private static IReadOnlyList<string> WithRest(IReadOnlyList<string> words, ref ImapTokens tokens)
    {
        var rest = tokens.Rest[..Math.Min(MaxBytes, tokens.Rest.Length)];
        if (words.Count == 0 || !rest.StartsWith(" "u8) || IsAfterList(rest.TrimStart((byte)' ')))
        {
            return words;
        }

        var end = EndOf(rest);
        if (end < 0 || rest[..end].ContainsAny("(\"{"u8) || HasItem(rest[..end]) || rest[(end + 1)..].TrimEnd("\r\n"u8).IsEmpty)
        {
            return words;
        }

        var more = Flags(rest[..end]);
        tokens.Position += end + 1;
        return [.. words.SkipLast(1), .. more];
    }

    /// <summary>The list ends where another item or the end of the reply follows, whatever parentheses its keywords hold.</summary>
    /// <exception cref="ImapSyntaxException">Its end cannot be found.</exception>
    public static IReadOnlyList<string> ReadLoosely(ref ImapTokens tokens)
    {
        tokens.Take((byte)'(');
        var end = EndOf(tokens.Rest[..Math.Min(MaxBytes, tokens.Rest.Length)]);
        if (end < 0)
        {
            tokens.Fail("a list of flags without its end");
        }

        var flags = Flags(tokens.Rest[..end]);
        tokens.Position += end + 1;
        return flags;
    }

    private static IReadOnlyList<string> Flags(ReadOnlySpan<byte> text) =>
        [.. ImapWords.Text(text).Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(w => w.Length > 1 && w[0] == '"' && w[^1] == '"' ? w[1..^1].Replace("\\\\", "\\", StringComparison.Ordinal) : w)
            .Where(IsFlag)];

    private static bool HasItem(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == (byte)' ' && StartsWithItem(text[(at + 1)..]))
            {
                return true;
            }
        }

        return false;
    }

    private static int EndOf(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == (byte)')' && IsAfterList(text[(at + 1)..].TrimStart((byte)' ')))
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsAfterList(ReadOnlySpan<byte> text)
    {
        // The closing parenthesis of the whole, or nothing where the list stands alone.
        return text.TrimEnd(" \r\n"u8) is [] or [(byte)')'] || StartsWithItem(text);
    }

    private static bool StartsWithItem(ReadOnlySpan<byte> text)
    {
        foreach (var name in ItemNames)
        {
            if (text.Length >= name.Length && Ascii.EqualsIgnoreCase(text[..name.Length], name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFlag(string word) =>
        word.Length > 0 && word != "\\" && !word.Equals("NIL", StringComparison.OrdinalIgnoreCase) && !word.AsSpan(word[0] == '\\' ? 1 : 0).ContainsAny("(){\"\\");
}
