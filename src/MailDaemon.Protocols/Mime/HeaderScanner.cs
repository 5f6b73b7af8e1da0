namespace MailDaemon.Protocols.Mime;

/// <summary>Finds the fields of a header block and where it ends; looks at each byte a bounded number of times and copies none.</summary>
internal sealed class HeaderScanner(ReadOnlyMemory<byte> message, MimeLimits limits)
{
    private readonly List<HeaderField> fields = new(16);
    private readonly MimeDefects defects = new(limits.MaxDefects);
    private int lastFieldAhead = -1;
    private int takenBytes;

    /// <summary>Says whether the line that begins there, with two hyphens, ends the part; null where there is no boundary to look for.</summary>
    public Func<int, bool>? IsBoundary { get; init; }

    /// <summary>Fields taken; those beyond are passed over.</summary>
    public int MaxFields { get; init; } = limits.MaxFields;

    /// <summary>Whether a part that names no type is a message (RFC 2046 §5.1.5).</summary>
    public bool InDigest { get; init; }

    /// <summary>Where a header block ended.</summary>
    /// <param name="BodyStart">The byte after the blank line, or the line that is no field.</param>
    internal readonly record struct Result(HeaderBlock Block, int BodyStart);

    private enum LineKind
    {
        Field,
        Blank,
        Boundary,
        Stray,
        Other,
    }

    /// <summary>Scans from <paramref name="start"/>, which begins a line. Once only.</summary>
    public Result Scan(int start)
    {
        var position = start;
        while (position < message.Length)
        {
            var kind = KindOf(position, out var colon);
            if (kind == LineKind.Blank)
            {
                position += message.Span[position] == '\r' ? 2 : 1;
                break;
            }

            if (kind == LineKind.Boundary)
            {
                defects.Add("The header block ends at a boundary instead of a blank line.");
                break;
            }

            if (kind == LineKind.Other && !HasFieldAfter(position))
            {
                defects.Add("The header block is not followed by a blank line.");
                break;
            }

            var length = FieldLength(message.Span[position..]);
            if (kind == LineKind.Field)
            {
                Take(message.Slice(position, length), colon);
            }
            else
            {
                defects.Add("The header block has a line that is no field.");
            }

            position += length;
        }

        return new Result(new HeaderBlock(message[start..position], [.. fields], defects.List, InDigest), position);
    }

    private void Take(ReadOnlyMemory<byte> raw, int colon)
    {
        if (fields.Count >= MaxFields)
        {
            defects.Add($"The message has more than {limits.MaxFields} header fields; those beyond were passed over.");
            return;
        }

        if (raw.Length > limits.MaxHeaderBytes)
        {
            defects.Add($"A header field has more than {limits.MaxHeaderBytes} bytes and was cut.");
            raw = raw[..limits.MaxHeaderBytes];
            colon = Math.Min(colon, raw.Length);
        }

        takenBytes += raw.Length;
        if (takenBytes > limits.MaxHeaderBlockBytes)
        {
            defects.Add($"The header block has more than {limits.MaxHeaderBlockBytes} bytes; fields beyond were passed over.");
            return;
        }

        fields.Add(new HeaderField(raw, raw.Span[..colon].TrimEnd(" \t"u8).Length, Math.Min(colon + 1, raw.Length)));
    }

    private LineKind KindOf(int position, out int colon)
    {
        var rest = message.Span[position..];
        colon = -1;
        if (rest[0] == '\n' || rest.StartsWith("\r\n"u8))
        {
            return LineKind.Blank;
        }

        if (rest.StartsWith("--"u8) && IsBoundary?.Invoke(position) == true)
        {
            return LineKind.Boundary;
        }

        colon = FieldNameLength(rest);
        return colon > 0 ? LineKind.Field : IsStray(rest) ? LineKind.Stray : LineKind.Other;
    }

    /// <summary>
    /// A line that is no field is either a field broken by a gateway (QUIRK: Exchange cuts its own long ones), then more fields
    /// follow before the blank line; or the body began without one.
    /// </summary>
    private bool HasFieldAfter(int position)
    {
        if (lastFieldAhead < 0)
        {
            lastFieldAhead = 0;
            for (var ahead = position; ahead < message.Length; ahead += FieldLength(message.Span[ahead..]))
            {
                var kind = KindOf(ahead, out _);
                var startsPart = kind == LineKind.Other && message.Span[ahead..].StartsWith("--"u8);
                if (startsPart || kind is LineKind.Blank or LineKind.Boundary || ahead - position > limits.MaxHeaderBlockBytes)
                {
                    break;
                }

                lastFieldAhead = kind == LineKind.Field ? ahead : lastFieldAhead;
            }
        }

        return lastFieldAhead > position;
    }

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
