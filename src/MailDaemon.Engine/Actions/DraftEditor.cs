using System.Buffers;
using System.Globalization;
using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Actions;

/// <summary>Changes a draft where it was stored: other fields of its header and other parts stay byte for byte.</summary>
internal static class DraftEditor
{
    /// <exception cref="MailException">InvalidInput; NotFound <c>attachment_not_found</c>.</exception>
    public static ReadyMail Edit(OriginalMessage draft, Account account, DraftChange change, DateTimeOffset now)
    {
        var mail = new OutgoingMail
        {
            From = new EmailAddress(account.DisplayName, account.Email),
            To = change.To ?? [],
            Cc = change.Cc ?? [],
            Bcc = change.Bcc ?? [],
            Subject = change.Subject ?? "",
            Body = "",
            IsHtml = false,
            Attachments = [.. change.Attachments?.Select(attachment => attachment.File).OfType<OutgoingAttachment>() ?? []],
            MessageId = draft.Message.Headers.MessageId ?? MailComposer.NewMessageId(account.Email),
            Date = now,
        };
        var stored = StoredDraft.Header(draft);
        var header = Header(stored, mail, change);
        var envelope = MailWriter.Envelope(mail, allowPartial: false);
        if (change.Body is null && change.Attachments is null)
            return new ReadyMail(envelope, (stream, ct) => StoredDraft.WriteAsync(header, draft.Bytes[stored.Length..], stream, ct));

        var content = Content(draft, account, change, mail);
        var kept = header.Without(field => IsOfPart(field) || field.Is("MIME-Version")) with { End = default };
        return new ReadyMail(envelope, async (stream, ct) =>
        {
            await stream.WriteAsync(kept.With("MIME-Version", RawField.Of("MIME-Version", "1.0")).ToBytes(), ct);
            await MailWriter.WriteContentAsync(content, stream, ct);
        });
    }

    /// <summary>The named fields, each in the place of the one that it replaces.</summary>
    private static RawHeader Header(RawHeader header, OutgoingMail mail, DraftChange change)
    {
        var written = RawHeader.Read(Encoding.UTF8.GetBytes(MailWriter.Header(mail)));
        (string Name, bool IsNamed, bool IsEmpty)[] named =
        [
            ("To", change.To is not null, mail.To.Count == 0),
            ("Cc", change.Cc is not null, mail.Cc.Count == 0),
            ("Bcc", change.Bcc is not null, mail.Bcc.Count == 0),
            ("Subject", change.Subject is not null, IsEmpty: false),
        ];
        foreach (var (name, _, isEmpty) in named.Where(field => field.IsNamed))
            header = header.With(name, isEmpty ? null : written.Fields.First(field => field.Is(name)));
        return header.Has("Message-ID") ? header : header.With("Message-ID", RawField.Of("Message-ID", mail.MessageId));
    }

    private static MimeDraft Content(OriginalMessage draft, Account account, DraftChange change, OutgoingMail mail)
    {
        var written = MailWriter.Draft(mail);
        var removed = Removed(draft.Message, change);
        if (change.Body is null)
            return written with { Content = Stored(draft.Message, removed) };
        var body = MailComposer.Finish(account, new Draft { Body = change.Body, IsHtml = change.IsHtml, IncludeSignature = change.IncludeSignature });
        return written with
        {
            TextBody = body.IsHtml ? HtmlText.Render(body.Body) : body.Body,
            HtmlBody = body.IsHtml ? body.Body : null,
            Attachments = [.. draft.Message.Attachments.Except(removed).Select(part => Attachment(draft.Message, part)), .. written.Attachments],
        };
    }

    /// <summary>Attachments that the draft is to have no more. Pictures that its HTML shows are part of its text.</summary>
    private static HashSet<MimePart> Removed(MimeMessage message, DraftChange change)
    {
        if (change.Attachments is null)
            return [];
        var kept = change.Attachments.Select(attachment => attachment.Id).OfType<string>().Select(id => Find(message, id)).ToHashSet();
        return [.. message.Attachments.Where(part => !kept.Contains(part) && !(part.ContentId is { } id && message.HtmlBody?.Contains($"cid:{id}", StringComparison.OrdinalIgnoreCase) == true))];
    }

    private static MimePart Find(MimeMessage message, string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < message.Attachments.Count
            ? message.Attachments[index]
            : throw MailException.NotFound("attachment_not_found", $"The draft has no attachment {id}. Its detail lists them.");

    /// <summary>The parts of the draft as they were stored, without those that are removed.</summary>
    private static List<RawPart> Stored(MimeMessage message, HashSet<MimePart> removed)
    {
        IReadOnlyList<MimePart> parts = message.Root.ContentType.MediaType == "multipart/mixed" && message.Root.Children.Count > 0 ? message.Root.Children : [message.Root];
        return [.. parts.Where(part => !removed.Contains(part)).Select(part => new RawPart(PartHeader(message, part), Without(part, removed)))];
    }

    /// <summary>The body of a part without parts further down that are removed: each goes with the boundary line in front of it.</summary>
    private static ReadOnlyMemory<byte> Without(MimePart part, HashSet<MimePart> removed)
    {
        var inner = removed.Where(each => part.RawBody.Span.Overlaps(each.Raw.Span)).ToList();
        if (inner.Count == 0)
            return part.RawBody;
        var body = part.RawBody.Span;
        var kept = new ArrayBufferWriter<byte>(body.Length);
        var at = 0;
        foreach (var (start, length) in inner.Select(each => Place(part, each)).OrderBy(place => place.Start))
        {
            var lineEnd = body[..start].TrimEnd("\r\n"u8).Length;
            var boundary = body[..lineEnd].LastIndexOf((byte)'\n') + 1;
            var next = start + length + (body[(start + length)..].StartsWith("\r\n"u8) ? 2 : body[(start + length)..].StartsWith("\n"u8) ? 1 : 0);
            kept.Write(body[at..Math.Max(at, boundary)]);
            at = next;
        }

        kept.Write(body[at..]);
        return kept.WrittenSpan.ToArray();
    }

    private static (int Start, int Length) Place(MimePart outer, MimePart inner)
    {
        outer.RawBody.Span.Overlaps(inner.Raw.Span, out var start);
        return (start, inner.Raw.Length);
    }

    private static MimeAttachment Attachment(MimeMessage message, MimePart part) => new()
    {
        Filename = "",
        MediaType = part.ContentType.MediaType,
        ContentId = part.ContentId,
        IsInline = message.Inline.Contains(part),
        Open = part.OpenBody,
        Raw = new RawPart(PartHeader(message, part), part.RawBody),
    };

    /// <summary>Of the header of the message itself only what describes its body.</summary>
    private static ReadOnlyMemory<byte> PartHeader(MimeMessage message, MimePart part) => ReferenceEquals(part, message.Root)
        ? (RawHeader.Read(part.RawHeader).Without(field => !IsOfPart(field)) with { End = "\r\n"u8.ToArray() }).ToBytes()
        : part.RawHeader;

    private static bool IsOfPart(RawField field) => field.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
}
