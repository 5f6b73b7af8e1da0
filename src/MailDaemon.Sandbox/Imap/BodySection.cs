using System.Globalization;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Imap;

/// <summary>A part of a message, or a part of that part: what stands between the brackets of <c>BODY[1.2.HEADER]&lt;0.100&gt;</c>.</summary>
/// <param name="Name">As it is repeated in the answer.</param>
/// <param name="Path">The numbers down to a part; empty for the message itself.</param>
/// <param name="Of">What of the part: nothing for its content, HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT or MIME.</param>
/// <param name="Fields">The names for HEADER.FIELDS and its opposite.</param>
internal sealed record BodySection(string Name, IReadOnlyList<int> Path, string Of, IReadOnlyList<string> Fields)
{
    private const int MaxDepth = 100;

    /// <summary>Whether \Seen stays as it is.</summary>
    public bool IsPeek { get; init; }

    /// <summary>Whether the transfer encoding is taken off (BINARY, RFC 3516).</summary>
    public bool IsDecoded { get; init; }

    public long? Offset { get; init; }

    public long? Length { get; init; }

    public static BodySection Whole { get; } = new("", [], "", []);

    public static BodySection Header { get; } = new("HEADER", [], "HEADER", []) { IsPeek = true };

    public static BodySection Text { get; } = new("TEXT", [], "TEXT", []);

    /// <summary>section = "[" [section-msgtext / (section-part ["." section-text])] "]" ["&lt;" number "." nz-number "&gt;"]</summary>
    public static BodySection Take(ImapCommand command)
    {
        command.Take('[');
        var (path, of) = command.Next == ']' ? ([], "") : Split(command.Word());
        IReadOnlyList<string> fields = [];
        var name = string.Join('.', path.Select(n => n.ToString(CultureInfo.InvariantCulture)).Append(of).Where(p => p.Length > 0));
        if (of.StartsWith("HEADER.FIELDS", StringComparison.Ordinal))
        {
            fields = TakeFields(command);
            name += $" ({string.Join(' ', fields)})";
        }

        command.Take(']');
        var section = new BodySection(name, path, of, fields);
        if (!command.TryTake('<'))
        {
            return section;
        }

        var offset = command.Number();
        command.Take('.');
        var length = command.Number();
        command.Take('>');
        return section with { Offset = offset, Length = length };
    }

    /// <summary>The bytes of the section; null when the message has no such part.</summary>
    public ReadOnlyMemory<byte>? BytesOf(ReadOnlyMemory<byte> raw)
    {
        var found = Path.Count == 0 ? OfMessage(raw) : OfPart(raw);
        return found is { } bytes && Offset is { } offset ? Slice(bytes, offset, Length!.Value) : found;
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> bytes, long offset, long length)
    {
        var start = (int)Math.Min(offset, bytes.Length);
        return bytes.Slice(start, (int)Math.Min(length, bytes.Length - start));
    }

    private static (IReadOnlyList<int> Path, string Of) Split(string text)
    {
        var levels = text.Split('.');
        var numbers = levels.TakeWhile(l => l.Length > 0 && l.All(char.IsAsciiDigit)).ToArray();
        var of = string.Join('.', levels.Skip(numbers.Length));
        var isKnown = of is "" or "HEADER" or "HEADER.FIELDS" or "HEADER.FIELDS.NOT" or "TEXT" || (of == "MIME" && numbers.Length > 0);
        if (!isKnown || numbers.Length > MaxDepth || numbers.Any(n => n.Length > 6 || n[0] == '0'))
        {
            throw new ImapSyntaxException("Invalid section");
        }

        return ([.. numbers.Select(n => int.Parse(n, CultureInfo.InvariantCulture))], of);
    }

    private static List<string> TakeFields(ImapCommand command)
    {
        command.Space();
        command.Take('(');
        var fields = new List<string>();
        do
        {
            fields.Add(command.AString().ToUpperInvariant());
        }
        while (command.TryTake(' '));

        command.Take(')');
        return fields;
    }

    private ReadOnlyMemory<byte>? OfMessage(ReadOnlyMemory<byte> raw)
    {
        var border = HeaderText.EndOf(raw.Span);
        return Of switch
        {
            "" => raw,
            "TEXT" => raw[border..],
            "HEADER" => raw[..border],
            _ => HeaderText.Select(raw[..border].Span, Fields, isKept: Of == "HEADER.FIELDS"),
        };
    }

    private ReadOnlyMemory<byte>? OfPart(ReadOnlyMemory<byte> raw)
    {
        var part = Find(MimeParser.Parse(raw).Root, Path);
        return Of switch
        {
            _ when part is null => null,
            "" => IsDecoded ? part.DecodeBody() : part.RawBody,
            "MIME" => part.RawHeader,
            _ => part.Embedded is not null ? OfMessage(part.RawBody) : null,
        };
    }

    /// <summary>Part numbers count the children of a multipart; the one part of any other message is 1 (RFC 3501 §6.4.5).</summary>
    private static MimePart? Find(MimePart root, IReadOnlyList<int> path)
    {
        MimePart? container = root;
        MimePart? found = null;
        foreach (var number in path)
        {
            // Within a message in a message the numbers go on with the parts of the inner one.
            container = found is null ? root : found.Embedded?.Root ?? (found.Children.Count > 0 ? found : null);
            found = container is null ? null
                : container.Children.Count > 0 ? container.Children.ElementAtOrDefault(number - 1)
                : number == 1 && (found is null || found.Embedded is not null) ? container
                : null;
            if (found is null)
            {
                return null;
            }
        }

        return found;
    }
}
