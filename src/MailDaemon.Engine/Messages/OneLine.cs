using System.Text;

namespace MailDaemon.Engine.Messages;

/// <summary>What strangers wrote, as one line that can stand in a header field of ours.</summary>
internal static class OneLine
{
    /// <summary>A run of white space that holds a control or a line separator becomes one space, half a character becomes U+FFFD; all else stays.</summary>
    public static string Of(string text)
    {
        if (!text.Any(c => IsBreak(c) || char.IsSurrogate(c)))
            return text;
        var line = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            var isBroken = false;
            while (end < text.Length && (IsBreak(text[end]) || char.IsWhiteSpace(text[end])))
                isBroken |= IsBreak(text[end++]);
            if (end > at)
            {
                line.Append(isBroken ? " " : text.AsSpan(at, end - at));
                at = end;
                continue;
            }

            var isPair = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
            line.Append(isPair ? text.AsSpan(at, 2) : char.IsSurrogate(text[at]) ? "\uFFFD" : text.AsSpan(at, 1));
            at += isPair ? 2 : 1;
        }

        return line.ToString().Trim();
    }

    private static bool IsBreak(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
