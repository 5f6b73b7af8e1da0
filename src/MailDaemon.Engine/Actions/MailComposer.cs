using System.Security.Cryptography;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>A mail that was composed of another; it can be written until it is disposed.</summary>
/// <param name="Key">The other's key.</param>
/// <param name="LeftOut">Recipients of the other that are no mail addresses, and do not get it.</param>
internal sealed record ComposedMail(OutgoingMail Mail, string Key, IReadOnlyList<string> LeftOut, IDisposable? Source) : IDisposable
{
    public void Dispose() => Source?.Dispose();
}

/// <summary>Makes mails of what callers write, and of the messages that they answer or send on.</summary>
internal sealed class MailComposer(Originals originals, TimeProvider time)
{
    /// <summary>A mail of this account as it is now, with a Message-ID of its own.</summary>
    public OutgoingMail New(Account account, Draft draft) => Address(account, Finish(account, draft));

    /// <summary>An answer: to the original's Reply-To or From, in its thread.</summary>
    public async Task<ComposedMail> ReplyAsync(FoundMessage original, Draft answer, ReplyOptions how, CancellationToken ct)
    {
        var detail = MailReading.Read(original, BodyOptions.None);
        var reply = Finish(original.Account, ReplyComposer.Compose(detail, answer, how, original.Account.Email));
        var quoted = how.QuoteOriginal ? await originals.ReadAsync(original, withParts: false, ct) : null;
        try
        {
            var mail = Address(original.Account, quoted is null ? reply : ReplyComposer.Quote(quoted, reply));
            return new ComposedMail(InThread(mail, detail), detail.Key, ReplyComposer.LeftOut(detail, how), quoted);
        }
        catch
        {
            quoted?.Dispose();
            throw;
        }
    }

    /// <summary>A message that is sent on, whole and with its parts.</summary>
    public async Task<ComposedMail> ForwardAsync(FoundMessage original, Draft note, CancellationToken ct)
    {
        var whole = await originals.ReadAsync(original, withParts: true, ct);
        try
        {
            return new ComposedMail(Address(original.Account, ForwardComposer.Compose(whole, Finish(original.Account, note))), whole.Detail.Key, [], whole);
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    public static OutgoingMail InThread(OutgoingMail mail, MessageDetail original) =>
        mail with { InReplyTo = original.InternetMessageId, References = ReplyComposer.References(original), ThreadId = original.ThreadId };

    /// <summary>Unique for ever and says nothing of this machine (RFC 5322 §3.6.4).</summary>
    public static string NewMessageId(string email) => MessageId(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), email);

    /// <param name="name">Letters, digits, dots.</param>
    public static string MessageId(string name, string email) => $"<{name}@{email[(email.LastIndexOf('@') + 1)..]}>";

    /// <summary>What a caller wrote as it is meant: lines of HTML kept, the signature under it.</summary>
    public static Draft Finish(Account account, Draft draft)
    {
        var body = draft.IsHtml ? HtmlPage.KeepLines(draft.Body) : draft.Body;
        return draft with { Body = draft.IncludeSignature ? Signature.Under(body, draft.IsHtml, account.Settings) : body };
    }

    private OutgoingMail Address(Account account, Draft draft) => new()
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
}
