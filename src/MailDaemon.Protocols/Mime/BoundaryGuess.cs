namespace MailDaemon.Protocols.Mime;

/// <summary>The boundary of a multipart that names none: what stands on its first line of two hyphens and something, when it stands there once more.</summary>
internal static class BoundaryGuess
{
    /// <summary>The preamble, which is mostly empty.</summary>
    private const int MaxPreamble = 16 * 1024;

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
            if (!line.StartsWith("--"u8) || line.Length is < 3 or > MaxLength + 2)
            {
                continue;
            }

            foreach (var boundary in around)
            {
                if (line[2..].StartsWith(boundary))
                {
                    return null;
                }
            }

            if (searched[at..].IndexOf(line) is var second and >= 0 && (second == 0 || searched[at + second - 1] == (byte)'\n'))
            {
                return line[2..].ToArray();
            }
        }

        return null;
    }
}
