using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// A message as Gmail gives it with the format <c>full</c>, read as every other mail is: the same leaves in the same order give its
/// attachments the same ids, whichever way it came. Pure.
/// </summary>
internal sealed class GmailPayload
{
    /// <summary>More of a shown part is not kept; the whole is on the server.</summary>
    private const int MaxPartBytes = 512 * 1024;

    private const int MaxDepth = 50;

    private readonly Message message;
    private readonly Dictionary<string, MessagePart> parts = new(StringComparer.Ordinal);
    private readonly HeaderBlock fields;
    private readonly ImapStructure structure;

    public GmailPayload(Message message)
    {
        this.message = message;
        var root = message.Payload ?? new MessagePart();
        fields = HeaderOf(root);
        var told = ImapStructure.Of(Read(root, "", 0), fields);

        // What Gmail gives of a part is decoded.
        structure = ImapStructure.Of([.. told.Leaves.Select(leaf => (parts.TryGetValue(leaf.Part.Section, out var part) && part != root ? leaf.Told(HeaderOf(part)) : leaf) with { Encoding = "binary" })]);
    }

    /// <summary>Shown parts that did not come along, by the ids under which they can be got.</summary>
    public IReadOnlyList<string> MissingBodies =>
        [.. structure.Shown.Select(leaf => parts[leaf.Part.Section].Body).Where(body => body is { Data: null, AttachmentId: not null, Size: > 0 and <= MaxPartBytes }).Select(body => body!.AttachmentId!)];

    /// <param name="bodies">What was got of <see cref="MissingBodies"/>.</param>
    /// <param name="isBaseline">Whether it was there before us.</param>
    public RemoteMessage Read(IReadOnlyDictionary<string, byte[]> bodies, Func<DateTimeOffset, bool> isBaseline)
    {
        var defects = new List<string>(fields.Defects);
        var shown = ShownBody.Read(structure.Descriptions, structure.Roles, i => new DecodedLeaf(Utf8(structure.Leaves[i].Type, BodyOf(structure.Leaves[i], bodies)), BodyOf(structure.Leaves[i], bodies)));
        defects.AddRange(shown.Defects);
        var content = ReadContent.Of(shown, structure.Attachments(shown.Html));
        var received = DateTimeOffset.FromUnixTimeMilliseconds(message.InternalDate ?? 0);
        var read = RemoteMessages.Create(
            uid: 0, "", (_, date) => isBaseline(date), new FetchedMessage { InternalDate = received, Size = message.SizeEstimate ?? 0, Flags = [] }, fields, content, defects);
        return GmailMessages.Of(read, message.Id!, message.ThreadId, [.. message.LabelIds ?? []]);
    }

    /// <summary>The part of an attachment.</summary>
    /// <exception cref="MailException">NotFound <c>attachment_not_found</c>.</exception>
    public MessagePart Attachment(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < structure.Roles.Attachments.Count
            ? parts[structure.Leaves[structure.Roles.Attachments[index]].Part.Section]
            : throw MailException.NotFound("attachment_not_found", $"The message has no attachment {id}. Its detail lists them.");

    public static IReadOnlyList<HeaderLine> HeaderLines(Message message) => [.. (message.Payload?.Headers ?? []).Select(header => new HeaderLine(header.Name ?? "", header.Value ?? ""))];

    public static byte[] Decode(string? data)
    {
        if (data is null)
            return [];
        try
        {
            return Base64Url.DecodeFromChars(data.AsSpan().TrimEnd('='));
        }
        catch (FormatException)
        {
            throw GmailFaults.Odd();
        }
    }

    /// <summary>
    /// QUIRK: Gmail gives most texts in UTF-8 whatever their header says; some as they are. Bytes that are UTF-8 beyond ASCII are taken for that.
    /// </summary>
    private static ContentType Utf8(ContentType type, byte[] body) =>
        type.Type == "text" && body.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)0x7f) && System.Text.Unicode.Utf8.IsValid(body)
            ? ContentType.Create(type.Type, type.Subtype, type.Parameters.Where(p => !p.Key.Equals("charset", StringComparison.OrdinalIgnoreCase)).Append(KeyValuePair.Create("charset", "utf-8")))
            : type;

    private byte[] BodyOf(ImapLeaf leaf, IReadOnlyDictionary<string, byte[]> bodies)
    {
        var body = parts[leaf.Part.Section].Body;
        var bytes = body?.Data is { } data ? Decode(data) : body?.AttachmentId is { } id ? bodies.GetValueOrDefault(id) ?? [] : [];
        return bytes.Length > MaxPartBytes ? bytes[..MaxPartBytes] : bytes;
    }

    private BodyPart Read(MessagePart part, string section, int depth)
    {
        var type = part.MimeType?.ToLowerInvariant() ?? "text/plain";
        parts[section] = part;

        // The parts of an embedded message are its own affair.
        var isMultipart = type.StartsWith("multipart/", StringComparison.Ordinal) && depth < MaxDepth;
        return new BodyPart
        {
            Section = section,
            MediaType = type.StartsWith("multipart/", StringComparison.Ordinal) && !isMultipart ? "application/octet-stream" : type,
            Parameters = HeaderOf(part).ContentType.Parameters,
            Encoding = "binary",
            Size = part.Body?.Size ?? 0,
            Children = isMultipart ? [.. (part.Parts ?? []).Select((child, i) => Read(child, string.Create(CultureInfo.InvariantCulture, $"{section}{(section.Length > 0 ? "." : "")}{i + 1}"), depth + 1))] : [],
        };
    }

    /// <summary>Gmail tells the fields one by one, decoded or not.</summary>
    private static HeaderBlock HeaderOf(MessagePart part)
    {
        var header = new StringBuilder();
        foreach (var field in part.Headers ?? [])
            header.Append(field.Name).Append(": ").Append(OneLine.Of(field.Value ?? "")).Append("\r\n");
        header.Append("\r\n");
        return MimeParser.ParseHeaders(Encoding.UTF8.GetBytes(header.ToString()));
    }
}
