using System.Text;

namespace MailDaemon.Protocols.Mime;

/// <summary>One field of a header block: a slice of the message, decoded when it is asked for (RFC 5322 §2.2).</summary>
public sealed class HeaderField
{
    private readonly int nameLength;
    private readonly int valueStart;

    internal HeaderField(ReadOnlyMemory<byte> raw, int nameLength, int valueStart)
    {
        Raw = raw;
        this.nameLength = nameLength;
        this.valueStart = valueStart;
    }

    /// <summary>Name, colon, value, folds and the final line break, as received.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>What follows the colon, as received, folds and the final line break included.</summary>
    public ReadOnlyMemory<byte> RawValue => Raw[valueStart..];

    public string Name => field ??= Encoding.ASCII.GetString(RawName);

    /// <summary>The value unfolded and trimmed, encoded words left as they are; what a grammar of its own reads.</summary>
    public string UnfoldedValue => field ??= Unfold(isDeclaring: false);

    /// <summary>The value for a reader: unfolded, trimmed, encoded words decoded (RFC 2047).</summary>
    public string Value => field ??= EncodedWord.Decode(UnfoldedValue);

    internal HeaderBlock? Block { get; set; }

    private ReadOnlySpan<byte> RawName => Raw.Span[..nameLength];

    /// <summary>Whether this is the field of that name; case does not count.</summary>
    public bool Is(string name) => Ascii.EqualsIgnoreCase(RawName, name);

    public override string ToString() => $"{Name}: {UnfoldedValue}";

    /// <summary>The unfolded value of the field that itself declares the charset of the others.</summary>
    internal string UnfoldDeclaring() => Unfold(isDeclaring: true);

    private string Unfold(bool isDeclaring)
    {
        var value = RawValue.Span.Trim(" \t\r\n\0"u8);
        var line = value.ContainsAny((byte)'\r', (byte)'\n', (byte)0) ? WithoutBreaks(value) : value;
        return Ascii.IsValid(line)
            ? Encoding.ASCII.GetString(line)
            : Charsets.DecodeHeader(line, EncodedWord.FirstCharset(line) ?? (isDeclaring ? null : Block?.DeclaredCharset));
    }

    private static byte[] WithoutBreaks(ReadOnlySpan<byte> value)
    {
        var result = new byte[value.Length];
        var length = 0;
        while (true)
        {
            var end = value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            var run = end < 0 ? value : value[..end];
            run.CopyTo(result.AsSpan(length));
            length += run.Length;
            if (end < 0)
            {
                return result[..length];
            }

            value = value[(end + 1)..];
        }
    }
}
