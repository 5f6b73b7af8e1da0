using System.Security.Cryptography;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>Composes mails, replies, forwards and drafts and hands them to the outbox.</summary>
public sealed class Sending(Outbox outbox, AttachmentReader attachments, TimeProvider time)
{
    /// <exception cref="MailException">No recipient, not verified for sending; or as <see cref="Outbox.SendAsync"/>.</exception>
    public Task<OutboxItem> SendAsync(Account account, Draft draft, SendOptions options, CancellationToken ct)
    {
        RequireSending(account);
        RequireRecipient(draft);
        return outbox.SendAsync(account, Compose(account, draft), Request("send", draft, options), ct);
    }

    /// <summary>Answers a message: to its Reply-To or From, in its thread; it is then marked answered.</summary>
    public Task<OutboxItem> ReplyAsync(FoundMessage original, Draft draft, ReplyOptions how, SendOptions options, CancellationToken ct)
    {
        RequireSending(original.Account);
        var detail = MailReading.Read(original, BodyOptions.AsSent);
        var reply = ReplyComposer.Compose(detail, draft, how, original.Account.Email);
        RequireRecipient(reply);
        var mail = Compose(original.Account, reply) with
        {
            InReplyTo = detail.InternetMessageId,
            References = ReplyComposer.References(detail),
        };
        return outbox.SendAsync(original.Account, mail, Request("reply", draft, options) with { Todo = new OutboxTodo { Answered = detail.Key } }, ct);
    }

    /// <summary>Sends a message on, with its attachments; it is then marked forwarded.</summary>
    public async Task<OutboxItem> ForwardAsync(FoundMessage original, Draft draft, SendOptions options, CancellationToken ct)
    {
        RequireSending(original.Account);
        RequireRecipient(draft);
        var (mail, key) = await ForwardedAsync(original, draft, ct);
        return await outbox.SendAsync(original.Account, mail, Request("forward", draft, options) with { Todo = new OutboxTodo { Forwarded = key } }, ct);
    }

    /// <summary>As <see cref="ForwardAsync"/> in the name of a machine: it is put into the outbox and nobody waits.</summary>
    /// <param name="header">What says so in its header.</param>
    /// <param name="along">What is committed with it; it is told the mail's id in the outbox.</param>
    internal async Task<OutboxItem> PostForwardAsync(FoundMessage original, Draft draft, IReadOnlyList<HeaderLine> header, Action<SqliteWriter, string> along, CancellationToken ct)
    {
        RequireSending(original.Account);
        var (mail, key) = await ForwardedAsync(original, draft, ct);
        return await outbox.PostAsync(original.Account, mail with { Header = header }, new OutboxRequest("forward") { Todo = new OutboxTodo { Forwarded = key }, Along = along }, ct);
    }

    /// <summary>Answers a message in the name of a machine, as the draft says; it is put into the outbox and nobody waits.</summary>
    /// <param name="header">What says so in its header; empty for an answer in the name of a person, after which the message is marked answered.</param>
    /// <param name="along">What is committed with it; it is told the mail's id in the outbox.</param>
    internal Task<OutboxItem> PostReplyAsync(FoundMessage original, Draft draft, IReadOnlyList<HeaderLine> header, Action<SqliteWriter, string> along, CancellationToken ct)
    {
        RequireSending(original.Account);
        var detail = MailReading.Read(original, BodyOptions.None);
        var mail = Compose(original.Account, draft) with { InReplyTo = detail.InternetMessageId, References = ReplyComposer.References(detail), Header = header };
        var request = new OutboxRequest("reply") { Todo = new OutboxTodo { Answered = header.Count == 0 ? detail.Key : null }, Along = along };
        return outbox.PostAsync(original.Account, mail, request, ct);
    }

    private async Task<(OutgoingMail Mail, string Key)> ForwardedAsync(FoundMessage original, Draft draft, CancellationToken ct)
    {
        var detail = MailReading.Read(original, BodyOptions.AsSent);
        var forward = ForwardComposer.Compose(detail, draft) with { Attachments = [.. draft.Attachments, .. await AttachmentsAsync(original, detail, ct)] };
        return (Compose(original.Account, forward), detail.Key);
    }

    /// <summary>Sends a draft as it is, under its Message-ID; it then leaves the drafts.</summary>
    /// <exception cref="MailException">Conflict <c>not_a_draft</c>; or as <see cref="SendAsync"/>.</exception>
    public async Task<OutboxItem> SendDraftAsync(FoundMessage draft, SendOptions options, CancellationToken ct)
    {
        RequireSending(draft.Account);
        if (draft.Message.Role != FolderRole.Drafts)
        {
            throw MailException.Conflict("not_a_draft", "This message is not in the drafts folder.");
        }

        var detail = MailReading.Read(draft, BodyOptions.AsSent);
        var written = new Draft
        {
            To = detail.To,
            Cc = detail.Cc,
            Bcc = detail.Bcc,
            Subject = detail.Subject,
            Body = detail.Body?.Content ?? "",
            IsHtml = detail.Body?.ContentType == "html",
            Attachments = await AttachmentsAsync(draft, detail, ct),
        };
        RequireRecipient(written);
        var mail = Compose(draft.Account, written);
        mail = mail with
        {
            MessageId = detail.InternetMessageId ?? mail.MessageId,
            InReplyTo = detail.Headers.InReplyTo,
            References = detail.Headers.References,
        };
        return await outbox.SendAsync(draft.Account, mail, Request("draft", written, options) with { Todo = new OutboxTodo { Draft = detail.Key } }, ct);
    }

    /// <summary>A mail of this account as it is by now, with a Message-ID of its own.</summary>
    internal OutgoingMail Compose(Account account, Draft draft) => new()
    {
        From = new EmailAddress(account.DisplayName, account.Email),
        To = draft.To,
        Cc = draft.Cc,
        Bcc = draft.Bcc,
        Subject = draft.Subject,
        Body = draft.Body,
        IsHtml = draft.IsHtml,
        Attachments = draft.Attachments,
        MessageId = NewMessageId(account.Email),
        Date = time.GetUtcNow(),
    };

    /// <summary>A message's own attachments, brought from the server as files.</summary>
    internal async Task<IReadOnlyList<OutgoingAttachment>> AttachmentsAsync(FoundMessage message, MessageDetail detail, CancellationToken ct)
    {
        var files = new List<OutgoingAttachment>();
        foreach (var attachment in detail.Attachments)
        {
            var path = (await attachments.OpenAsync(message, attachment.Id, ct)).File.FullName;
            files.Add(new OutgoingAttachment(attachment.Filename, attachment.MimeType, () => File.OpenRead(path), attachment.ContentId, attachment.IsInline));
        }

        return files;
    }

    private static OutboxRequest Request(string kind, Draft draft, SendOptions options) => new(kind)
    {
        AllowPartial = draft.AllowPartial,
        SendAt = options.SendAt,
        IdempotencyKey = options.IdempotencyKey,
        RequestHash = options.RequestHash,
    };

    private static void RequireSending(Account account)
    {
        if (account.SmtpStatus == SmtpStatus.Unverified)
        {
            throw MailException.Conflict("smtp_unverified", "This account was added for receiving only. POST /api/imap/accounts/verify-smtp checks its SMTP server and allows sending.");
        }
    }

    private static void RequireRecipient(Draft draft)
    {
        if (draft.To.Count + draft.Cc.Count + draft.Bcc.Count == 0)
        {
            throw MailException.InvalidInput("missing_recipient", "Name at least one recipient in toRecipients, ccRecipients or bccRecipients.");
        }
    }

    /// <summary>Unique for ever and says nothing of this machine (RFC 5322 §3.6.4).</summary>
    private static string NewMessageId(string email) =>
        $"<{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{email[(email.LastIndexOf('@') + 1)..]}>";
}
