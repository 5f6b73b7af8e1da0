namespace MailDaemon.Protocols.Mime;

/// <summary>
/// The boundary of a multipart that names none: what its first line has after two hyphens, when such a line is there once more. Text in front
/// of it would be a preamble, which nobody is shown: such a body stays the text that it looks like.
/// </summary>
internal static class BoundaryGuess
{
    /// <summary>Of blank lines in front.</summary>
    private const int MaxPreamble = 1024;

    /// <summary>How far the second delimiter is looked for: the work must not grow with the parts times the message.</summary>
    private const int MaxSearched = 256 * 1024;

    /// <summary>RFC 2046 §5.1.1.</summary>
    private const int MaxLength = 70;

    /// <param name="outer">The boundaries of the multiparts around it.</param>
    public static byte[]? Of(ReadOnlySpan<byte> body, IEnumerable<byte[]> outer)
    {
        var around = outer.ToList();
        var searched = body[..Math.Min(MaxSearched, body.Length)];
        for (var at = 0; at < Math.Min(MaxPreamble, searched.Length);)
        {
            var rest = searched[at..];
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd(" \t\r"u8);
            at = end < 0 ? searched.Length : at + end + 1;
            if (line.IsEmpty)
            {
                continue;
            }

            if (!line.StartsWith("--"u8) || line.Length is < 3 or > MaxLength + 2)
            {
                return null;
            }

            foreach (var boundary in around)
            {
                if (line[2..].StartsWith(boundary))
                {
                    return null;
                }
            }

            var second = searched[at..].IndexOf(line);
            return second == 0 || (second > 0 && searched[at + second - 1] == (byte)'\n') ? line[2..].ToArray() : null;
        }

        return null;
    }
}
