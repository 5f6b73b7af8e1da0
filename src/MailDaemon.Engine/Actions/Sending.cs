using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>Composes mails, replies and forwards, takes drafts as they are stored, and hands them to the outbox.</summary>
public sealed class Sending
{
    private readonly Outbox outbox;
    private readonly MailComposer composer;
    private readonly Originals originals;
    private readonly MailTrails trails;
    private readonly TimeProvider time;

    internal Sending(Outbox outbox, MailComposer composer, Originals originals, MailTrails trails, TimeProvider time) =>
        (this.outbox, this.composer, this.originals, this.trails, this.time) = (outbox, composer, originals, trails, time);

    /// <summary>
    /// What became of an earlier request under the same key, joining one that still runs; null when there was none. To be asked before anything
    /// that the request names is looked up: that may have been moved or deleted since.
    /// </summary>
    /// <param name="email">Null when the request names its account by a message's key alone.</param>
    /// <exception cref="MailException">Conflict <c>idempotency_conflict</c>: it asked for something else.</exception>
    public Task<OutboxItem?> EarlierAsync(ProviderKind provider, string? email, SendOptions options, CancellationToken ct) => outbox.EarlierAsync(provider, email, options, ct);

    /// <exception cref="MailException">No recipient, not verified for sending; or as <see cref="Outbox.SendAsync"/>.</exception>
    public Task<OutboxItem> SendAsync(Account account, Draft draft, SendOptions options, CancellationToken ct)
    {
        RequireSending(account);
        RequireRecipient(draft);
        RequireBody(draft);
        return outbox.SendAsync(account, Ready(composer.New(account, draft), draft.AllowPartial), Request("send", options), ct);
    }

    /// <summary>Answers a message: to its Reply-To or From, in its thread; it is then marked answered.</summary>
    /// <returns>The mail, and those of the original's recipients that it does not go to, because they are no mail addresses.</returns>
    public async Task<(OutboxItem Item, IReadOnlyList<string> LeftOut)> ReplyAsync(FoundMessage original, Draft draft, ReplyOptions how, SendOptions options, CancellationToken ct)
    {
        RequireSending(original.Account);
        RequireBody(draft);
        using var reply = await composer.ReplyAsync(original, draft, how, ct);
        var request = Request("reply", options) with { Todo = new OutboxTodo { Answered = reply.Key } };
        return (await outbox.SendAsync(original.Account, Ready(reply.Mail, draft.AllowPartial), request, ct), reply.LeftOut);
    }

    /// <summary>Sends a message on, with its attachments; it is then marked forwarded.</summary>
    public async Task<OutboxItem> ForwardAsync(FoundMessage original, Draft draft, SendOptions options, CancellationToken ct)
    {
        RequireSending(original.Account);
        RequireRecipient(draft);
        using var forward = await composer.ForwardAsync(original, draft, ct);
        return await outbox.SendAsync(original.Account, Ready(forward.Mail, draft.AllowPartial), Request("forward", options) with { Todo = new OutboxTodo { Forwarded = forward.Key } }, ct);
    }

    /// <summary>As <see cref="ForwardAsync"/> in the name of a machine: it is put into the outbox and nobody waits.</summary>
    /// <param name="header">What says so in its header.</param>
    /// <param name="along">What is committed with it; it is told the mail's id in the outbox.</param>
    internal async Task<OutboxItem> PostForwardAsync(FoundMessage original, Draft draft, IReadOnlyList<HeaderLine> header, Action<SqliteWriter, string> along, CancellationToken ct)
    {
        RequireSending(original.Account);
        using var forward = await composer.ForwardAsync(original, draft, ct);
        var request = new OutboxRequest("forward") { Todo = new OutboxTodo { Forwarded = forward.Key }, Along = along };
        return await outbox.PostAsync(original.Account, Ready(forward.Mail with { Header = header, IsCorrespondence = false }, allowPartial: false), request, ct);
    }

    /// <summary>Answers a message in the name of a machine, as the draft says; it is put into the outbox and nobody waits.</summary>
    /// <param name="header">What says so in its header.</param>
    /// <param name="isAnswer">It answers what was asked: the message is then marked answered, and the mail is correspondence.</param>
    /// <param name="along">What is committed with it; it is told the mail's id in the outbox.</param>
    internal Task<OutboxItem> PostReplyAsync(FoundMessage original, Draft draft, IReadOnlyList<HeaderLine> header, bool isAnswer, Action<SqliteWriter, string> along, CancellationToken ct)
    {
        RequireSending(original.Account);
        var detail = MailReading.Read(original, BodyOptions.None);
        var mail = MailComposer.InThread(composer.New(original.Account, draft), detail) with { Header = header, IsCorrespondence = isAnswer };
        var request = new OutboxRequest("reply") { Todo = new OutboxTodo { Answered = isAnswer ? detail.Key : null }, Along = along };
        return outbox.PostAsync(original.Account, Ready(mail, allowPartial: false), request, ct);
    }

    /// <summary>Sends a draft as it is on the server, whoever stored it; it then leaves the drafts.</summary>
    /// <exception cref="MailException">Conflict <c>not_a_draft</c>; or as <see cref="SendAsync"/>.</exception>
    public async Task<OutboxItem> SendDraftAsync(FoundMessage draft, SendOptions options, CancellationToken ct)
    {
        RequireSending(draft.Account);
        Drafts.RequireDraft(draft);
        using var stored = await originals.DownloadAsync(draft, ct);
        var mail = StoredDraft.ToSend(stored, draft.Account.Email, time.GetUtcNow());
        mail = mail with { Record = trails.SourceOf(StoredDraft.Summary(stored, mail)) };
        return await outbox.SendAsync(draft.Account, mail, Request("draft", options) with { Todo = new OutboxTodo { Draft = draft.Message.Key } }, ct);
    }

    private ReadyMail Ready(OutgoingMail mail, bool allowPartial) => ReadyMail.Of(mail, allowPartial) with { Record = trails.SourceOf(mail) };

    private static OutboxRequest Request(string kind, SendOptions options) => new(kind) { SendAt = options.SendAt, IdempotencyKey = options.IdempotencyKey, RequestHash = options.RequestHash };

    private static void RequireSending(Account account)
    {
        if (account.SmtpStatus == SmtpStatus.Unverified)
            throw MailException.Conflict("smtp_unverified", "This account was added for receiving only. POST /api/imap/accounts/verify-smtp checks its SMTP server and allows sending.");
    }

    private static void RequireRecipient(Draft draft)
    {
        if (draft.To.Count + draft.Cc.Count + draft.Bcc.Count == 0)
            throw MailException.InvalidInput("missing_recipient", "Name at least one recipient in toRecipients, ccRecipients or bccRecipients.");
    }

    private static void RequireBody(Draft draft)
    {
        if (string.IsNullOrWhiteSpace(draft.Body) && draft.Attachments.Count == 0 && !draft.AllowEmpty)
            throw MailException.InvalidInput("missing_body", "Missing body parameter: the mail would be empty. Set allowEmpty to true to send it all the same.");
    }
}
