using System.Buffers;
using System.Text;

namespace MailDaemon.Engine.Messages;

/// <summary>One field of a header as bytes, its line breaks included.</summary>
/// <param name="Name">Empty for a line that is no field.</param>
internal sealed record RawField(string Name, ReadOnlyMemory<byte> Bytes)
{
    public static RawField Of(string name, string value) => new(name, Encoding.ASCII.GetBytes($"{name}: {value}\r\n"));

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The header of a mail field by field, as bytes, so that what is not changed stays what it was. Immutable.</summary>
/// <param name="Fields">In their order.</param>
/// <param name="End">The line that ends the header; empty when the mail has no body.</param>
internal sealed record RawHeader(IReadOnlyList<RawField> Fields, ReadOnlyMemory<byte> End)
{
    /// <summary>Headers of real mail have some kilobytes.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    public int Length => Fields.Sum(each => each.Bytes.Length) + End.Length;

    /// <summary>Reads the header of a mail; lines may end in CRLF or LF.</summary>
    /// <exception cref="InvalidDataException">The header does not end within 4 MB.</exception>
    public static RawHeader Read(ReadOnlyMemory<byte> mail)
    {
        var fields = new List<RawField>();
        var at = 0;
        while (at < mail.Length && at < MaxBytes)
        {
            var rest = mail.Span[at..];
            if (rest[0] == '\n' || rest.StartsWith("\r\n"u8))
                return new RawHeader(fields, mail.Slice(at, rest[0] == '\n' ? 1 : 2));
            var length = FieldLength(rest);
            fields.Add(new RawField(NameOf(rest[..length]), mail.Slice(at, length)));
            at += length;
        }

        return at >= mail.Length ? new RawHeader(fields, default) : throw new InvalidDataException($"The header of the mail does not end within {MaxBytes} bytes.");
    }

    /// <summary>Puts a field in the place of the first of that name, or at the end; further ones of that name go. Null removes all of them.</summary>
    public RawHeader With(string name, RawField? field)
    {
        var kept = Fields.Where(each => !each.Is(name)).ToList();
        if (field is not null)
            kept.Insert(Fields.TakeWhile(each => !each.Is(name)).Count() is var place && place < Fields.Count ? place : kept.Count, field);
        return this with { Fields = kept };
    }

    public RawHeader Without(Func<RawField, bool> isUnwanted) => this with { Fields = [.. Fields.Where(field => !isUnwanted(field))] };

    public bool Has(string name) => Fields.Any(field => field.Is(name));

    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(Length, 1));
        foreach (var field in Fields)
        {
            bytes.Write(field.Bytes.Span);

            // The last line of a mail without a body may lack its line break.
            if (!field.Bytes.Span.EndsWith("\n"u8))
                bytes.Write("\r\n"u8);
        }

        bytes.Write(End.Span);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Up to the line break that no continuation follows.</summary>
    private static int FieldLength(ReadOnlySpan<byte> rest)
    {
        for (var length = 0; ;)
        {
            var lf = rest[length..].IndexOf((byte)'\n');
            if (lf < 0)
                return rest.Length;
            length += lf + 1;
            if (length == rest.Length || rest[length] is not ((byte)' ' or (byte)'\t'))
                return length;
        }
    }

    /// <remarks><c>field-name = 1*ftext</c> (RFC 5322 §3.6.8); the obsolete form allows blanks before the colon.</remarks>
    private static string NameOf(ReadOnlySpan<byte> field)
    {
        var colon = field.IndexOf((byte)':');
        var name = colon < 0 ? default : field[..colon].TrimEnd(" \t"u8);
        return name.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0 ? Encoding.ASCII.GetString(name) : "";
    }
}
