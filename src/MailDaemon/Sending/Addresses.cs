using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Sending;

/// <summary>Recipients in any of the forms that callers write them in.</summary>
[JsonConverter(typeof(Converter)), ItemsAre(typeof(Recipient))]
public sealed record Addresses(IReadOnlyList<EmailAddress> All)
{
    private const int Most = 1000;

    internal sealed class Converter : JsonConverter<Addresses>
    {
        public override Addresses Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var all = root.ValueKind switch
            {
                JsonValueKind.String => Parse(root.GetString()!),
                JsonValueKind.Array => [.. root.EnumerateArray().SelectMany(One)],
                _ => throw new JsonException("recipients"),
            };
            return all.Count <= Most ? new Addresses(all) : throw new JsonException("recipients");
        }

        public override void Write(Utf8JsonWriter writer, Addresses value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var address in value.All)
            {
                writer.WriteStartObject();
                writer.WriteString("name", address.Name);
                writer.WriteString("address", address.Address);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        private static IReadOnlyList<EmailAddress> One(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.String => Parse(element.GetString()!),
            JsonValueKind.Object when element.TryGetProperty("address", out var address) && address.ValueKind == JsonValueKind.String =>
                [new EmailAddress(element.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "", address.GetString()!)],
            _ => throw new JsonException("recipients"),
        };

        private static IReadOnlyList<EmailAddress> Parse(string list) => EmailAddress.TryParseList(list) ?? throw new JsonException("recipients");
    }
}
