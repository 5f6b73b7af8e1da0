using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>The start of a text as lists show it.</summary>
internal static class Snippet
{
    public const int Longest = 200;

    /// <summary>No more of a text is looked at, in characters.</summary>
    private const int MaxLook = 64 * 1024;

    private static readonly string[] Schemes = ["https://", "http://", "mailto:", "tel:"];

    /// <summary>At most 200 characters (UTF-16): clean, white space collapsed, no half of a pair, without the addresses that links have behind them.</summary>
    public static string Of(string text)
    {
        var clean = CleanText.Of(TextCut.At(text, MaxLook));
        var result = new StringBuilder(Longest);
        var owesSpace = false;
        for (var at = 0; at < clean.Length;)
        {
            var link = clean[at] == '(' ? LinkLength(clean.AsSpan(at)) : 0;
            if (link > 0)
            {
                at += link;
                owesSpace = result.Length > 0;
                continue;
            }

            // Half of a pair is read as the sign for it.
            Rune.DecodeFromUtf16(clean.AsSpan(at), out var rune, out var used);
            at += used;
            if (Rune.IsWhiteSpace(rune))
            {
                owesSpace = result.Length > 0;
                continue;
            }

            var needed = rune.Utf16SequenceLength + (owesSpace ? 1 : 0);
            if (result.Length + needed > Longest)
                break;
            if (owesSpace)
                result.Append(' ');
            owesSpace = false;
            result.Append(rune);
        }

        return result.ToString();
    }

    /// <summary>The length of an address in brackets; 0 when it is none.</summary>
    private static int LinkLength(ReadOnlySpan<char> text)
    {
        foreach (var scheme in Schemes)
        {
            if (text[1..].StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return text.IndexOfAny(") \n") is var end and > 0 && text[end] == ')' ? end + 1 : 0;
        }

        return 0;
    }
}
