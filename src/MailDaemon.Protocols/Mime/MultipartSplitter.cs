using System.Text;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// Finds the parts of a message: walks from one delimiter line to the next with a stack of the open multiparts, so that an
/// outer boundary ends every part inside it, closed or not.
/// </summary>
/// <remarks>
/// <c>delimiter = CRLF "--" boundary ; close-delimiter = delimiter "--"</c>, either followed by transport padding (RFC 2046 §5.1.1).
/// </remarks>
internal sealed class MultipartSplitter(ReadOnlyMemory<byte> message, MimeLimits limits)
{
    private readonly List<Frame> open = [];
    private readonly MimeDefects defects = new(limits.MaxDefects);
    private int partCount;
    private int fieldCount;

    /// <summary>A multipart whose end has not been seen.</summary>
    private sealed record Frame(MimePart Part, byte[] Boundary);

    private readonly record struct Delimiter(int LineStart, int LineEnd, int FrameIndex, bool IsClose);

    public IReadOnlyList<string> Defects => defects.List;

    public MimePart Split(int start, int depth)
    {
        var root = ReadPart(start, parent: null, depth);
        var current = root;
        var position = root.RawHeader.Length + start;
        while (open.Count > 0 && FindDelimiter(position) is { } delimiter)
        {
            var contentEnd = BeforeLineBreak(delimiter.LineStart);
            var frame = open[delimiter.FrameIndex];
            CloseAbove(delimiter.FrameIndex, contentEnd);
            if (current != frame.Part)
            {
                current.EndAt(contentEnd);
            }

            position = delimiter.LineEnd;
            if (delimiter.IsClose)
            {
                frame.Part.LacksParts = frame.Part.Children.Count == 0;
                open.RemoveAt(delimiter.FrameIndex);
                current = frame.Part; // until the next delimiter comes its epilogue
            }
            else
            {
                current = ReadPart(position, frame.Part, frame.Part.Depth + 1);
                position += current.RawHeader.Length;
            }
        }

        CloseAbove(-1, message.Length);
        return root;
    }

    private MimePart ReadPart(int start, MimePart? parent, int depth)
    {
        var inDigest = parent?.ContentType.MediaType == "multipart/digest";
        var scanner = new HeaderScanner(message, limits)
        {
            MaxFields = limits.MaxFields - fieldCount,
            InDigest = inDigest,
            IsBoundary = open.Count == 0 ? null : IsDelimiter,
        };
        var header = scanner.Scan(start);
        var part = new MimePart(message, start, header, parent, depth, limits);
        partCount++;
        fieldCount += header.Block.Fields.Count;
        foreach (var defect in header.Block.Defects)
        {
            defects.Add(defect);
        }

        if (part.ContentType.Type == "multipart")
        {
            Open(part);
        }

        return part;
    }

    private void Open(MimePart part)
    {
        var named = part.ContentType.Boundary;
        var boundary = string.IsNullOrEmpty(named) ? BoundaryGuess.Of(part.RawBody.Span, open.Select(frame => frame.Boundary)) : Encoding.UTF8.GetBytes(named);
        if (string.IsNullOrEmpty(named))
        {
            defects.Add("A multipart names no boundary.");
        }

        if (boundary is null)
        {
            part.LacksParts = true;
        }
        else if (part.Depth >= limits.MaxDepth)
        {
            defects.Add($"Parts are nested more than {limits.MaxDepth} deep; the innermost were not taken apart.");
        }
        else
        {
            open.Add(new Frame(part, boundary));
        }
    }

    /// <summary>A part that its own boundary did not end ends where the outer one says.</summary>
    private void CloseAbove(int frameIndex, int contentEnd)
    {
        for (var i = open.Count - 1; i > frameIndex; i--)
        {
            open[i].Part.EndAt(contentEnd);
            open[i].Part.LacksParts = open[i].Part.Children.Count == 0;
            defects.Add("A multipart is not closed.");
            open.RemoveAt(i);
        }
    }

    private Delimiter? FindDelimiter(int position)
    {
        var span = message.Span;
        while (position < span.Length)
        {
            if (span[position..].StartsWith("--"u8) && Match(position) is { } delimiter)
            {
                if (delimiter.IsClose || partCount < limits.MaxParts)
                {
                    return delimiter;
                }

                defects.Add($"The message has more than {limits.MaxParts} parts; the rest were left in the last one.");
            }

            var next = span[position..].IndexOf("\n--"u8);
            if (next < 0)
            {
                return null;
            }

            position += next + 1;
        }

        return null;
    }

    private bool IsDelimiter(int lineStart) => Match(lineStart) is not null;

    private Delimiter? Match(int lineStart)
    {
        var afterHyphens = message.Span[(lineStart + 2)..];
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var boundary = open[i].Boundary;
            if (afterHyphens.StartsWith(boundary) && MatchLineEnd(afterHyphens[boundary.Length..]) is { } end)
            {
                return new Delimiter(lineStart, lineStart + 2 + boundary.Length + end.Length, i, end.IsClose);
            }
        }

        return null;
    }

    /// <summary>What may follow a boundary on its line: two hyphens when it closes, then blanks.</summary>
    private static (int Length, bool IsClose)? MatchLineEnd(ReadOnlySpan<byte> rest)
    {
        var isClose = rest.StartsWith("--"u8);
        var padding = isClose ? rest[2..] : rest;
        var end = padding.IndexOfAnyExcept(" \t\r"u8);
        if (end >= 0 && padding[end] != (byte)'\n')
        {
            return null;
        }

        return ((isClose ? 2 : 0) + (end < 0 ? padding.Length : end + 1), isClose);
    }

    /// <summary>The line break before a delimiter belongs to it.</summary>
    private int BeforeLineBreak(int lineStart)
    {
        var before = message.Span[..lineStart];
        return before.EndsWith("\r\n"u8) ? lineStart - 2 : before.EndsWith("\n"u8) ? lineStart - 1 : lineStart;
    }
}
