namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>
/// Reads a body structure that is not of the grammar: first as plain nested values, then by what stands where. The size is the
/// first number after the encoding, and what stands before it is counted from there.
/// </summary>
internal static class LooseBody
{
    private sealed record Node(string? Text, bool IsNumber, List<Node>? Items)
    {
        public bool IsText => Text is not null && Items is null;
    }

    public static BodyPart Read(ref ImapTokens tokens, string section, ImapLimits limits)
    {
        // A tree of twice the depth and some twenty values a part holds every structure that is within the limits.
        var budget = (limits.MaxParts * 20) + 1000;
        var root = List(ref tokens, limits.MaxDepth * 2, ref budget);
        return Part(root, section, isRoot: true);
    }

    private static Node List(ref ImapTokens tokens, int depth, ref int budget)
    {
        if (depth == 0)
        {
            tokens.Fail("a list nested over the limit");
        }

        tokens.Take((byte)'(');
        var items = new List<Node>();
        while (!tokens.TryTake((byte)')'))
        {
            if (--budget < 0)
            {
                tokens.Fail("a list over the limit");
            }

            var first = tokens.Peek();
            if (first == (byte)'(')
            {
                items.Add(List(ref tokens, depth - 1, ref budget));
            }
            else
            {
                var text = tokens.NStringText();
                var isNumber = first is (>= (byte)'0' and <= (byte)'9') or (byte)'-' && long.TryParse(text, out _);
                items.Add(new Node(text, isNumber, null));
            }
        }

        return new Node(null, false, items);
    }

    private static BodyPart Part(Node node, string section, bool isRoot)
    {
        var items = node.Items!;
        if (items.Count > 0 && items[0].Items is not null)
        {
            return Multipart(items, section);
        }

        var size = SizeAt(items);
        return size < 0 ? Childless(items, section) : Single(items, size, isRoot ? BodyStructureParser.Child(section, 1) : section);
    }

    private static BodyPart Multipart(List<Node> items, string section)
    {
        var children = new List<BodyPart>();
        var at = 0;
        for (; at < items.Count && items[at].Items is not null; at++)
        {
            children.Add(Part(items[at], BodyStructureParser.Child(section, at + 1), isRoot: false));
        }

        return Childless(items[at..], section) with { Children = children };
    }

    // QUIRK: Gmail, ("ALTERNATIVE" ("BOUNDARY" "…") NIL NIL) and ("RELATED" NIL ("ATTACHMENT" NIL) NIL): a multipart whose parts are missing.
    private static BodyPart Childless(List<Node> items, string section) => new()
    {
        Section = section,
        MediaType = BodyStructureParser.MediaType("multipart", items.Count > 0 && items[0].IsText ? items[0].Text! : "mixed"),
        Parameters = items.Count > 1 ? Pairs(items[1]) : BodyPart.NoParameters,
        Disposition = items.Count > 2 ? DispositionOf(items[2]) : null,
    };

    private static BodyPart Single(List<Node> items, int size, string section)
    {
        // type subtype parameters id description encoding size: with one value too few it is the subtype that is missing.
        // QUIRK: ("MESSAGE" NIL NIL NIL "base64" 356) and ("X-ZIP" ("BOUNDARY" "") NIL NIL "base64" 4096).
        var hasSubtype = size >= 6 || (items[1].IsText && size == 5 && items[2].Items is not null);
        var parametersAt = hasSubtype ? 2 : 1;
        var type = items[0].Text ?? string.Empty;
        var subtype = hasSubtype ? items[1].Text ?? string.Empty : string.Empty;
        var description = string.Concat(items[Math.Min(parametersAt + 2, size - 1)..(size - 1)].Select(i => i.Text));
        var isMessage = BodyStructureParser.IsMessage(type, subtype);
        var next = size + 1;
        IReadOnlyList<BodyPart> children = [];
        if (isMessage && next + 1 < items.Count && items[next].Items is not null && items[next + 1].Items is { Count: > 0 })
        {
            children = [Part(items[next + 1], section, isRoot: true)];
            next += 2;
        }

        long? lines = next < items.Count && items[next].IsNumber ? Number(items[next++]) : null;
        var disposition = items.Skip(next).FirstOrDefault(IsDisposition);
        return new BodyPart
        {
            Section = section,
            MediaType = BodyStructureParser.MediaType(type, subtype),
            Parameters = Pairs(items[parametersAt]),
            Id = parametersAt + 1 < size - 1 ? items[parametersAt + 1].Text : null,
            Description = description.Length == 0 ? null : description,
            Encoding = ImapWords.Lower(items[size - 1].Text ?? "7bit"),
            Size = Number(items[size]) ?? 0,
            Lines = lines,
            Disposition = disposition is null ? null : DispositionOf(disposition),
            DispositionParameters = disposition?.Items is { Count: > 1 } values ? Pairs(values[1]) : BodyPart.NoParameters,
            Children = children,
        };
    }

    /// <summary>Where the size stands; -1 when these are not the values of a single part.</summary>
    private static int SizeAt(List<Node> items)
    {
        for (var i = 4; i < items.Count; i++)
        {
            if (items[i].IsNumber && items[i - 1].Items is null)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsDisposition(Node node) =>
        node.Items is { Count: > 0 } items && items[0].IsText && (items.Count == 1 || items[1].Items is not null || items[1].Text is null);

    private static string? DispositionOf(Node node)
    {
        var text = node.Items is { Count: > 0 } items ? items[0].Text : node.Text;
        return text is null ? null : ImapWords.Lower(text);
    }

    private static IReadOnlyDictionary<string, string> Pairs(Node node)
    {
        if (node.Items is not { Count: > 0 } items)
        {
            return BodyPart.NoParameters;
        }

        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < items.Count; i += 2)
        {
            if (items[i].Text is { } name)
            {
                pairs.TryAdd(name, i + 1 < items.Count ? items[i + 1].Text ?? string.Empty : string.Empty);
            }
        }

        return pairs;
    }

    private static long? Number(Node node) => long.TryParse(node.Text, out var number) && number >= 0 ? number : null;
}
