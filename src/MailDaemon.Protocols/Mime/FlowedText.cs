using System.Text;

namespace MailDaemon.Protocols.Mime;

/// <summary>Text of <c>format=flowed</c> (RFC 3676).</summary>
public static class FlowedText
{
    private const string SignatureLine = "-- ";

    /// <summary>
    /// Joins lines that a space at their end says go on, undoes space-stuffing and keeps quote marks; lines end in LF.
    /// </summary>
    /// <param name="delSp">Whether the space that marks a soft break is not part of the text (<c>delsp=yes</c>).</param>
    public static string Unflow(string text, bool delSp)
    {
        var result = new StringBuilder(text.Length);
        var depthOfOpen = -1; // quote depth of the paragraph the next line may join
        var isFirst = true;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).TrimEnd('\r');
            var depth = line.IndexOfAnyExcept('>');
            depth = depth < 0 ? line.Length : depth;
            var content = line[depth..];
            content = content.StartsWith(' ') ? content[1..] : content;
            var isSignature = content.SequenceEqual(SignatureLine);
            if (depthOfOpen != depth || isSignature)
            {
                Begin(result, depth, content, isFirst);
            }

            isFirst = false;
            var isFlowed = content.EndsWith(' ') && !isSignature;
            result.Append(isFlowed && delSp ? content[..^1] : content);
            depthOfOpen = isFlowed ? depth : -1;
        }

        return result.ToString();
    }

    private static void Begin(StringBuilder result, int depth, ReadOnlySpan<char> content, bool isFirst)
    {
        if (!isFirst)
        {
            result.Append('\n');
        }

        result.Append('>', depth);
        if (depth > 0 && content.Length > 0)
        {
            result.Append(' ');
        }
    }
}
