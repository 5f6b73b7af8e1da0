using System.Security.Cryptography;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Actions;

/// <summary>What a caller wants to send.</summary>
public sealed record Draft
{
    public IReadOnlyList<EmailAddress> To { get; init; } = [];

    public IReadOnlyList<EmailAddress> Cc { get; init; } = [];

    public IReadOnlyList<EmailAddress> Bcc { get; init; } = [];

    public string Subject { get; init; } = "";

    public string Body { get; init; } = "";

    public bool IsHtml { get; init; }

    public IReadOnlyList<OutgoingAttachment> Attachments { get; init; } = [];

    /// <summary>Send to the others when some recipients are refused.</summary>
    public bool AllowPartial { get; init; }
}

/// <summary>What became of a mail.</summary>
/// <param name="Id">The id of the copy in Sent; null when the server did not say.</param>
/// <param name="MessageId">The Message-ID, with angle brackets.</param>
/// <param name="Status"><c>sent</c>.</param>
/// <param name="Refused">Addresses that were refused, with the server's words.</param>
public sealed record SentMail(string? Id, string MessageId, string Status, IReadOnlyDictionary<string, string> Refused);

/// <summary>Sends mail and replies, and keeps the copy in Sent where the server does not.</summary>
public sealed partial class Sending(MailProviders providers, MessageActions actions, MessageLookup lookup, TimeProvider time, ILogger<Sending> logger)
{
    /// <exception cref="MailException">No recipient, not verified for sending, refused or unreachable.</exception>
    public async Task<SentMail> SendAsync(Account account, Draft draft, CancellationToken ct)
    {
        RequireSending(account);
        RequireRecipient(draft);
        return await SendAsync(account, Compose(account, draft), draft.AllowPartial, ct);
    }

    /// <summary>Answers a message: to its Reply-To or From, in its thread, and marks it answered.</summary>
    public async Task<SentMail> ReplyAsync(FoundMessage original, Draft draft, ReplyOptions options, CancellationToken ct)
    {
        RequireSending(original.Account);
        var detail = original.Cache.ReadDetail(original.Message.Key) ?? throw MessageLookup.NotFound(original.Message.Key);
        var reply = ReplyComposer.Compose(detail, draft, options, original.Account.Email);
        RequireRecipient(reply);
        var mail = Compose(original.Account, reply) with
        {
            InReplyTo = detail.InternetMessageId,
            References = ReplyComposer.References(detail),
        };
        var sent = await SendAsync(original.Account, mail, draft.AllowPartial, ct);
        await MarkAnsweredAsync(original, ct);
        return sent;
    }

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

    private async Task<SentMail> SendAsync(Account account, OutgoingMail mail, bool allowPartial, CancellationToken ct)
    {
        var provider = providers.For(account);
        var receipt = await provider.SendAsync(mail, allowPartial, ct);
        var copy = provider.FilesSentMail ? null : await FileCopyAsync(account, provider, mail, ct);
        return new SentMail(copy, mail.MessageId, "sent", receipt.Refused);
    }

    /// <summary>The mail is sent and stays so, whatever becomes of its copy.</summary>
    private async Task<string?> FileCopyAsync(Account account, IMailProvider provider, OutgoingMail mail, CancellationToken ct)
    {
        try
        {
            return lookup.Cache(account).FolderOf(FolderRole.Sent) is { } sent
                && await provider.AppendAsync(mail, sent.Path, MessageFlags.Read, ct) is { } remoteId
                ? MessageIds.Show(account.Key.Provider, remoteId)
                : null;
        }
        catch (MailException e)
        {
            LogCopyFailed(account.Key, e.Code);
            return null;
        }
    }

    private async Task MarkAnsweredAsync(FoundMessage original, CancellationToken ct)
    {
        try
        {
            await actions.SetFlagAsync(original, MessageFlags.Answered, on: true, ct);
        }
        catch (MailException e)
        {
            LogMarkFailed(original.Account.Key, e.Code);
        }
    }

    private OutgoingMail Compose(Account account, Draft draft) => new()
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

    /// <summary>Unique for ever and says nothing of this machine (RFC 5322 §3.6.4).</summary>
    private static string NewMessageId(string email) =>
        $"<{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{email[(email.LastIndexOf('@') + 1)..]}>";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copy in Sent of a mail from {Account} could not be filed: {Code}")]
    private partial void LogCopyFailed(AccountKey account, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of {Account} could not be marked as answered: {Code}")]
    private partial void LogMarkFailed(AccountKey account, string code);
}
