namespace MailDaemon.Protocols.Mime;

/// <summary>Finds the fields of a header block and where it ends; looks at each byte once and copies none.</summary>
internal static class HeaderScanner
{
    /// <summary>Where a header block ended.</summary>
    /// <param name="BodyStart">The byte after the blank line, or the line that is no field.</param>
    internal readonly record struct Result(HeaderBlock Block, int BodyStart);

    /// <summary>Scans from <paramref name="start"/>, which begins a line.</summary>
    /// <param name="isBoundary">Says whether the line that begins there (it starts with two hyphens) ends the part.</param>
    public static Result Scan(ReadOnlyMemory<byte> message, int start, MimeLimits limits, int maxFields, bool inDigest, Func<int, bool>? isBoundary)
    {
        var span = message.Span;
        var fields = new List<HeaderField>(16);
        var defects = new MimeDefects(limits.MaxDefects);
        var position = start;
        while (position < span.Length)
        {
            var rest = span[position..];
            if (BlankLineLength(rest) is > 0 and var blank)
            {
                position += blank;
                break;
            }

            if (rest.StartsWith("--"u8) && isBoundary?.Invoke(position) == true)
            {
                defects.Add("The header block ends at a boundary instead of a blank line.");
                break;
            }

            var colon = FieldNameLength(rest);
            if (colon < 0 && !IsStray(rest))
            {
                defects.Add("The header block is not followed by a blank line.");
                break;
            }

            var length = FieldLength(rest);
            if (colon > 0 && position + length - start > limits.MaxHeaderBlockBytes)
            {
                defects.Add($"The header block has more than {limits.MaxHeaderBlockBytes} bytes; fields beyond were passed over.");
            }
            else if (colon > 0 && fields.Count >= maxFields)
            {
                defects.Add($"The message has more than {limits.MaxFields} header fields; those beyond were passed over.");
            }
            else if (colon > 0)
            {
                fields.Add(ToField(message.Slice(position, length), colon, limits, defects));
            }
            else
            {
                defects.Add("The header block has a line that is no field.");
            }

            position += length;
        }

        return new Result(new HeaderBlock(message[start..position], [.. fields], defects.List, inDigest), position);
    }

    private static HeaderField ToField(ReadOnlyMemory<byte> raw, int colon, MimeLimits limits, MimeDefects defects)
    {
        if (raw.Length > limits.MaxHeaderBytes)
        {
            defects.Add($"A header field has more than {limits.MaxHeaderBytes} bytes and was cut.");
            raw = raw[..limits.MaxHeaderBytes];
            colon = Math.Min(colon, raw.Length);
        }

        return new HeaderField(raw, raw.Span[..colon].TrimEnd(" \t"u8).Length, Math.Min(colon + 1, raw.Length));
    }

    /// <summary>2 for CRLF, 1 for a bare LF, 0 for a line with anything on it.</summary>
    private static int BlankLineLength(ReadOnlySpan<byte> rest) => rest switch
    {
        [(byte)'\n', ..] => 1,
        [(byte)'\r', (byte)'\n', ..] => 2,
        _ => 0,
    };

    /// <summary>The place of the colon; -1 when the line is no field.</summary>
    /// <remarks>
    /// <c>field-name = 1*ftext ; ftext = %d33-57 / %d59-126</c> (RFC 5322 §3.6.8); the obsolete form allows blanks before the colon.
    /// </remarks>
    private static int FieldNameLength(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAnyExceptInRange((byte)33, (byte)126);
        var name = end < 0 ? rest : rest[..end];
        var colon = name.IndexOf((byte)':');
        if (colon >= 0)
        {
            return colon == 0 ? -1 : colon;
        }

        var blanks = rest[name.Length..];
        var after = blanks.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return name.Length > 0 && after > 0 && blanks[after] == (byte)':' ? name.Length + after : -1;
    }

    /// <summary>Lines that are passed over without ending the block.</summary>
    private static bool IsStray(ReadOnlySpan<byte> rest) =>
        rest[0] is (byte)' ' or (byte)'\t' or (byte)':' || // a continuation of nothing, a field without a name
        rest.StartsWith("From "u8) || rest.StartsWith(">From "u8); // QUIRK: mbox writers leave their separator among the fields

    /// <summary>Up to the line break that no continuation follows.</summary>
    private static int FieldLength(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (true)
        {
            var lf = rest[length..].IndexOf((byte)'\n');
            if (lf < 0)
            {
                return rest.Length;
            }

            length += lf + 1;
            if (length == rest.Length || rest[length] is not ((byte)' ' or (byte)'\t'))
            {
                return length;
            }
        }
    }
}
