using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Of a message's content what is searched in.</summary>
internal sealed record SearchedContent(string Text, IReadOnlyList<EmailAddress> Cc, IReadOnlyList<EmailAddress> Bcc, IReadOnlyList<Attachment> Attachments)
{
    /// <summary>Reads a content's file no further than needed: its HTML, most of it, stands last.</summary>
    /// <exception cref="JsonException">It is not the JSON of a content.</exception>
    public static SearchedContent Parse(ReadOnlySpan<byte> json)
    {
        var content = new SearchedContent("", [], [], []);
        var hasText = false;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                content = content with { Text = reader.GetString() ?? "" };
                hasText = true;
            }
            else if (reader.ValueTextEquals("cc"u8))
            {
                content = content with { Cc = JsonSerializer.Deserialize(ref reader, CacheJson.Readable.IReadOnlyListEmailAddress) ?? [] };
            }
            else if (reader.ValueTextEquals("bcc"u8))
            {
                content = content with { Bcc = JsonSerializer.Deserialize(ref reader, CacheJson.Readable.IReadOnlyListEmailAddress) ?? [] };
            }
            else if (reader.ValueTextEquals("attachments"u8))
            {
                content = content with { Attachments = JsonSerializer.Deserialize(ref reader, CacheJson.Readable.IReadOnlyListAttachment) ?? [] };
            }
            else if (reader.ValueTextEquals("html"u8) && hasText)
            {
                break;
            }
            else
            {
                reader.Skip();
            }
        }

        return content;
    }
}
