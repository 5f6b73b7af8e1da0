using System.Text;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>The properties of a draft in JSON as a message in MIME, and back into one that is there.</summary>
internal static class DraftMime
{
    private static readonly MimeWriteOptions Options = new() { IncludeBcc = true };
    private static readonly MimeWriteOptions Utf8 = new() { IncludeBcc = true, AllowUtf8Headers = true };

    /// <summary>A new message of what JSON says, with its attachments.</summary>
    /// <exception cref="GraphException">An address or another value is none.</exception>
    public static byte[] Create(JsonElement json, GraphMailbox mailbox, DateTimeOffset now, GraphMessage? answered = null)
    {
        var known = answered?.InternetMessageId is { } id ? answered.Content.Header.References.Append(id) : [];
        var draft = Fields(json, mailbox) with
        {
            Date = now,
            MessageId = json.Text("internetMessageId") is { Length: > 0 } given ? given : NewMessageId(mailbox),
            InReplyTo = answered?.InternetMessageId,
            References = [.. known],
            ExtraHeaders = Extra(json),
        };
        byte[] raw = [.. HeaderOf(draft), .. Body(json) ?? MimeEdit.TextPart("", isHtml: false)];
        foreach (var attachment in json.Objects("attachments") ?? [])
        {
            raw = MimeEdit.AddPart(raw, MimeParser.Parse(raw).Root, AttachmentMime.Part(attachment));
        }

        return raw;
    }

    /// <summary>A message that is there with what JSON says in place of what it had.</summary>
    /// <exception cref="GraphException">An address or another value is none.</exception>
    public static ReadOnlyMemory<byte> Change(ReadOnlyMemory<byte> raw, JsonElement json, GraphMailbox mailbox)
    {
        (string Property, string Field)[] fields =
        [
            ("subject", "Subject"), ("toRecipients", "To"), ("ccRecipients", "Cc"), ("bccRecipients", "Bcc"), ("replyTo", "Reply-To"), ("from", "From"), ("internetMessageId", "Message-ID"),
        ];
        string[] names = [.. fields.Where(field => json.Has(field.Property)).Select(field => field.Field)];
        if (names.Length > 0)
        {
            var draft = Fields(json, mailbox) with { Date = DateTimeOffset.UnixEpoch, MessageId = json.Text("internetMessageId") ?? NewMessageId(mailbox) };
            var given = HeaderText.Select(HeaderOf(draft), names, isKept: true).Span[..^2];
            raw = MimeEdit.ReplaceFields(raw.Span, names, given);
        }

        return Body(json) is { } body ? MimeEdit.ReplaceBody(raw.Span, MimeParser.Parse(raw).Attachments, body) : raw;
    }

    public static string NewMessageId(GraphMailbox mailbox) => $"<{Guid.NewGuid():N}@{mailbox.Address[(mailbox.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]}>";

    public static IReadOnlyList<Mailbox> Recipients(JsonElement json, string property) => [.. (json.Objects(property) ?? []).Select(Recipient)];

    private static Mailbox Recipient(JsonElement json) => json.Object("emailAddress") is { } address
        ? new Mailbox(address.Text("name") ?? "", address.Text("address") ?? "")
        : throw new GraphException(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.");

    private static MimeDraft Fields(JsonElement json, GraphMailbox mailbox) => new()
    {
        From = json.Object("from") is { } from ? Recipient(from) : new Mailbox(mailbox.DisplayName, mailbox.Address),
        To = Recipients(json, "toRecipients"),
        Cc = Recipients(json, "ccRecipients"),
        Bcc = Recipients(json, "bccRecipients"),
        ReplyTo = Recipients(json, "replyTo"),
        Subject = json.Text("subject") ?? "",
        Date = default,
        MessageId = "",
    };

    private static byte[] HeaderOf(MimeDraft draft)
    {
        try
        {
            var isForeign = draft.To.Concat(draft.Cc).Concat(draft.Bcc).Concat(draft.ReplyTo).Any(mailbox => !System.Text.Ascii.IsValid(mailbox.Address));
            return Encoding.UTF8.GetBytes(MimeWriter.Header(draft, isForeign ? Utf8 : Options).Replace("To: undisclosed-recipients:;\r\n", "", StringComparison.Ordinal));
        }
        catch (ArgumentException failure)
        {
            throw failure.Message.Contains("mail address", StringComparison.Ordinal)
                ? new GraphException(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
                : GraphException.InvalidRequest(failure.Message);
        }
    }

    /// <summary>Null when JSON has no body.</summary>
    private static byte[]? Body(JsonElement json) => json.Object("body") is not { } body ? null
        : (body.Text("contentType") ?? "text").ToLowerInvariant() is ("text" or "html") and var type ? MimeEdit.TextPart(body.Text("content") ?? "", type == "html")
        : throw GraphException.BadBody($"Requested value '{body.Text("contentType")}' was not found.");

    /// <summary>Of header fields only those can be given whose names begin with <c>x-</c> (Graph, "internetMessageHeader resource type").</summary>
    private static List<KeyValuePair<string, string>> Extra(JsonElement json)
    {
        var extra = (json.Objects("internetMessageHeaders") ?? []).Select(header => new KeyValuePair<string, string>(header.Text("name") ?? "", header.Text("value") ?? "")).ToList();
        if (extra.Find(header => !header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase)) is { Key: { } name })
        {
            throw new GraphException(400, "InvalidInternetMessageHeader", $"The internet message header name '{name}' should start with 'x-' or 'X-'.");
        }

        if (json.Text("importance")?.ToLowerInvariant() is ("low" or "high") and var importance)
        {
            extra.Add(new("Importance", importance));
        }

        return extra;
    }
}
