using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using Xunit.Abstractions;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class MimeCorpusTests(ITestOutputHelper output)
{
    private static readonly string[] Facts =
    [
        "subject", "from", "to", "date", "message_id", "in_reply_to", "text", "has_html",
        "attachment_count", "attachment_filenames", "attachment_types", "attachment_content", "attachment_content_lf",
    ];

    [CorpusFact]
    public void Facts_other_parsers_agree_on_are_ours_too()
    {
        var compared = Facts.ToDictionary(fact => fact, _ => (Agreed: 0, Same: 0), StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (var name in MimeCorpus.MessageNames())
        {
            var expected = MimeCorpus.Expected(name);
            var tags = expected.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).ToHashSet(StringComparer.Ordinal);
            var facts = new MimeFacts(MimeParser.Parse(MimeCorpus.Read(name)));
            foreach (var fact in expected.GetProperty("expected").EnumerateObject())
            {
                if (KnownExceptions.Has(name, fact.Name, tags) || (fact.Name == "attachment_content" && facts.HasTextAttachment))
                {
                    continue;
                }

                var (agreed, same) = compared[fact.Name];
                var difference = facts.Difference(fact.Name, fact.Value);
                compared[fact.Name] = (agreed + 1, difference is null ? same + 1 : same);
                if (difference is not null)
                {
                    differences.Add($"{name} {fact.Name} ({expected.GetProperty("agreement").GetProperty(fact.Name)}): {difference}");
                }
            }
        }

        foreach (var (fact, (agreed, same)) in compared)
        {
            output.WriteLine($"{fact}: {same} of {agreed}");
        }

        differences.ShouldBeEmpty();
    }

    [CorpusFact]
    public void Every_prefix_of_a_message_is_parsed()
    {
        foreach (var name in MimeCorpus.MessageNames())
        {
            var message = MimeCorpus.Read(name);
            if (message.Length is < 500 or > 6000)
            {
                continue;
            }

            for (var length = 0; length <= message.Length; length += message.Length > 3000 ? 7 : 3)
            {
                MimeFacts.ReadEverything(MimeParser.Parse(message.AsMemory(0, length)));
            }
        }
    }
}

/// <summary>What we make of a message, in the words of the corpus.</summary>
internal sealed class MimeFacts(MimeMessage message)
{
    private readonly List<MimePart> attachments = [.. message.Attachments];

    /// <summary>The corpus says: the line breaks of texts and messages differ between parsers, compare them without.</summary>
    public bool HasTextAttachment => attachments.Exists(leaf => leaf.ContentType.Type is "text" or "message");

    public static void ReadEverything(MimeMessage message)
    {
        foreach (var field in message.Headers.Fields)
        {
            _ = field.Value;
        }

        var headers = message.Headers;
        _ = (headers.From, headers.To, headers.Cc, headers.Bcc, headers.ReplyTo, headers.Sender, headers.Date, headers.MessageId, headers.References, headers.InReplyTo);
        _ = (message.TextBody, message.HtmlBody, message.Defects.Count, message.Inline.Count);
        foreach (var leaf in message.Leaves)
        {
            _ = (leaf.Section, leaf.Filename, leaf.ContentId, leaf.BodyLines, leaf.DecodeText());
            if (leaf.Embedded is { } embedded)
            {
                ReadEverything(embedded);
            }
        }
    }

    /// <summary>Null when it is the same.</summary>
    public string? Difference(string fact, JsonElement expected)
    {
        var headers = message.Headers;
        return fact switch
        {
            "subject" => Compare(Squeeze(headers.Subject), Squeeze(expected.GetString())),
            "from" => Compare(headers.From.Count == 0 ? "" : Name(headers.From[0]), Name(expected)),
            "to" => Compare(string.Join(", ", headers.To.Select(Name)), string.Join(", ", expected.EnumerateArray().Select(Name))),
            "date" => Compare(headers.Date?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") ?? "", expected.GetString() ?? ""),
            "message_id" => Compare(Squeeze(headers.MessageId).Trim('<', '>'), Squeeze(expected.GetString()).Trim('<', '>')),
            "in_reply_to" => Compare(Squeeze(headers.InReplyTo).Trim('<', '>'), Squeeze(expected.GetString()).Trim('<', '>')),
            "text" => Compare(Cut(message.TextBody), Cut(expected.GetString())),
            "has_html" => Compare((!string.IsNullOrWhiteSpace(message.HtmlBody)).ToString(), expected.GetBoolean().ToString()),
            "attachment_count" => Compare(attachments.Count.ToString(), expected.GetRawText()),
            "attachment_filenames" => Compare(Join(attachments.Select(leaf => Squeeze(leaf.Filename))), Join(expected.EnumerateArray().Select(each => Squeeze(each.GetString())))),
            "attachment_types" => Compare(Join(attachments.Select(leaf => leaf.ContentType.MediaType)), Join(expected.EnumerateArray().Select(each => each.GetString()!))),
            "attachment_content" => Compare(Join(attachments.Select(leaf => Print(leaf.DecodeBody()))), Join(expected.EnumerateArray().Select(Print))),
            "attachment_content_lf" => Compare(Join(attachments.Select(leaf => Print(ToLf(leaf.DecodeBody())))), Join(expected.EnumerateArray().Select(Print))),
            _ => $"unknown fact",
        };
    }

    private static string? Compare(string ours, string expected) => ours == expected ? null : $"ours [{ours}] expected [{expected}]";

    private static string Squeeze(string? text) => string.Concat((text ?? "").Where(each => !char.IsWhiteSpace(each)));

    private static string Cut(string? text) => Squeeze(text) is var squeezed && squeezed.Length > 400 ? squeezed[..400] : squeezed;

    private static string Join(IEnumerable<string> values) => string.Join(" | ", values);

    private static string Name(Mailbox mailbox) => $"{Squeeze(mailbox.Name)} <{mailbox.Address.ToLowerInvariant()}>";

    private static string Name(JsonElement mailbox) => mailbox.ValueKind == JsonValueKind.Null
        ? ""
        : $"{Squeeze(mailbox.GetProperty("name").GetString())} <{mailbox.GetProperty("address").GetString()?.ToLowerInvariant()}>";

    private static string Print(byte[] content) => $"{content.Length} {Convert.ToHexStringLower(SHA256.HashData(content))[..12]}";

    private static string Print(JsonElement content) => content.ValueKind == JsonValueKind.Null
        ? ""
        : $"{content.GetProperty("size")} {content.GetProperty("sha256").GetString()![..12]}";

    private static byte[] ToLf(byte[] content) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(content).Replace("\r\n", "\n").TrimEnd('\n'));
}
