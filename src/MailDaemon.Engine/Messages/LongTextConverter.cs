using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Texts of mails, written as <see cref="ReadableJsonEncoder"/> would have them in a tenth of the time: the framework asks an encoder about
/// every single character behind the first that it has to escape.
/// </summary>
public sealed class LongTextConverter : JsonConverter<string>
{
    private const int Short = 128;
    private const int LongestEscape = 6;
    private const int BytesPerCharacter = 3;
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(value => (char)value).Where(character => ReadableJsonEncoder.IsEscaped(character))]);

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (value.Length <= Short)
        {
            writer.WriteStringValue(value);
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(value.Length + (value.Length / 4) + LongestEscape);
        try
        {
            var length = Escape(value, ref bytes);
            writer.WriteRawValue(bytes.AsSpan(0, length), skipInputValidation: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static int Escape(ReadOnlySpan<char> rest, ref byte[] bytes)
    {
        bytes[0] = (byte)'"';
        var length = 1;
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Escaped);
            if (plain < 0)
                plain = rest.Length;
            Reserve(ref bytes, length, (plain * BytesPerCharacter) + LongestEscape + 1);
            length += Encoding.UTF8.GetBytes(rest[..plain], bytes.AsSpan(length));
            if (plain == rest.Length)
                break;
            length += Escape(rest[plain], bytes.AsSpan(length));
            rest = rest[(plain + 1)..];
        }

        bytes[length] = (byte)'"';
        return length + 1;
    }

    private static int Escape(char character, Span<byte> destination)
    {
        var letter = character switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            _ => (byte)0,
        };
        destination[0] = (byte)'\\';
        if (letter != 0)
        {
            destination[1] = letter;
            return 2;
        }

        "u00"u8.CopyTo(destination[1..]);
        destination[4] = HexDigit(character >> 4);
        destination[5] = HexDigit(character & 0xF);
        return LongestEscape;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);

    private static void Reserve(ref byte[] bytes, int used, int more)
    {
        if (used + more <= bytes.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(used + more, bytes.Length * 2));
        bytes.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
