using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>What a draft says; recipients in either vocabulary.</summary>
public abstract record DraftText
{
    [Description("To: a text with commas between the addresses, or an array of texts or of {name, address}"), Example("\"Li Wei <li.wei@example.com>, ann@example.com\"")]
    public Addresses? To { get; init; }

    [Description("Cc, in the same forms"), Example("\"\"")]
    public Addresses? Cc { get; init; }

    [Description("Bcc, in the same forms"), Example("\"\"")]
    public Addresses? Bcc { get; init; }

    [Description("The same as to"), MaxLength(1000), Example("[]")]
    public IReadOnlyList<Recipient> ToRecipients { get; init; } = [];

    [Description("The same as cc"), MaxLength(1000), Example("[]")]
    public IReadOnlyList<Recipient> CcRecipients { get; init; } = [];

    [Description("The same as bcc"), MaxLength(1000), Example("[]")]
    public IReadOnlyList<Recipient> BccRecipients { get; init; } = [];

    [Description("The subject"), StringLength(2000), Example("Quotation 2026-01")]
    public string Subject { get; init; } = "";

    [Description("The text, or HTML with contentType html"), MultilineText, NotCalled("text", "html", "content", "message", "bodyText", "bodyHtml", "textBody", "htmlBody"), Example("Hello,\nplease find our quotation attached.")]
    public string Body { get; init; } = "";

    [Description("text or html"), AllowedValues("text", "html", "text/plain", "text/html"), NotCalled("isHtml", "bodyType", "format"), Example("text")]
    public string ContentType { get; init; } = "text";

    [Description("Files, with their bytes as base64 or by a path in an allowed folder"), MaxLength(200), Example("[]")]
    public IReadOnlyList<AttachmentInput> Attachments { get; init; } = [];

    internal Draft ToDraft(AllowedFiles files) => new()
    {
        To = Join(To, ToRecipients),
        Cc = Join(Cc, CcRecipients),
        Bcc = Join(Bcc, BccRecipients),
        Subject = Subject,
        Body = Body,
        IsHtml = ContentType is "html" or "text/html",
        Attachments = [.. Attachments.Select(a => a.ToAttachment(files))],
    };

    private static IReadOnlyList<EmailAddress> Join(Addresses? addresses, IReadOnlyList<Recipient> recipients) =>
        [.. (addresses?.All ?? []).Concat(recipients.Select(r => r.ToAddress())).DistinctBy(a => a.Address, StringComparer.OrdinalIgnoreCase)];
}

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
