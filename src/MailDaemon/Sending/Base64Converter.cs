using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailDaemon.Sending;

/// <summary>Bytes as callers write them: base64 of either alphabet (RFC 4648 §4, §5), with line breaks or without, padded or not.</summary>
internal sealed class Base64Converter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("content");
        var text = new byte[reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length];
        var (length, padding) = Normalize(text.AsSpan(0, reader.CopyString(text)));

        // What is padded must be padded right; bits that belong to no byte are zero, or a part of the text is lost.
        if (length < 0 || length % 4 == 1 || (padding > 0 && (length + padding) % 4 != 0) || !Base64Url.IsValid(text.AsSpan(0, length)))
            throw new JsonException("content");
        return Base64Url.DecodeFromUtf8(text.AsSpan(0, length));
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value);

    /// <summary>The text in the url-safe alphabet without blanks and padding, in place; its length is -1 when something follows the padding.</summary>
    private static (int Length, int Padding) Normalize(Span<byte> text)
    {
        var (length, padding) = (0, 0);
        foreach (var each in text)
        {
            if (each is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            if (each == '=')
            {
                padding++;
                continue;
            }

            if (padding > 0)
                return (-1, padding);
            text[length++] = each switch { (byte)'+' => (byte)'-', (byte)'/' => (byte)'_', _ => each };
        }

        return (padding > 2 ? -1 : length, padding);
    }
}
