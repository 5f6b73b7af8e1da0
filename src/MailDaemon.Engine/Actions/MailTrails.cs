using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>How a mail is to become a record.</summary>
/// <param name="RemarkType">Null for what the settings say.</param>
/// <param name="MinConfidence">Null for what the settings say.</param>
public sealed record TrailOptions(int? RemarkType = null, double? MinConfidence = null);

/// <summary>Makes follow-up records in the CRM of mails in the cache. Thread-safe.</summary>
public sealed class MailTrails(AccountStore accounts, Trails trails, TrailStore store, CustomerStore customers, OkkiSettings settings)
{
    /// <summary>Finds the mail's customer and writes the record, unless that was done.</summary>
    /// <exception cref="MailException">Conflict <c>okki_not_configured</c>, or <c>okki_skipped</c>: it is no mail of a customer.</exception>
    public async Task<(Trail Trail, bool WasThere)> SyncAsync(FoundMessage message, TrailOptions how, CancellationToken ct)
    {
        settings.RequireConfigured();
        var detail = MailReading.Read(message, BodyOptions.AsSent);
        if (Refusal(detail) is { } why)
            throw MailException.Conflict("okki_skipped", $"The mail does not become a record: {why}.");
        return await trails.CreateAsync(Trail.Email, Uid(detail), Source(detail, how), message.Account.Key, ct);
    }

    /// <summary>As <see cref="SyncAsync"/>, left to the runner; within a transaction of whoever asks.</summary>
    /// <returns>The record's id.</returns>
    internal string Post(SqliteWriter writer, MessageDetail detail, AccountKey account, TrailOptions how) => store.Add(writer, Trail.Email, Uid(detail), Source(detail, how), account).Id;

    /// <summary>What a mail that is to be sent becomes a record of; null when it becomes none.</summary>
    internal TrailSource? SourceOf(OutgoingMail mail)
    {
        if (!settings.Current.SyncSent || settings.Missing is not null || !mail.IsCorrespondence)
            return null;
        var (_, others) = Counterparty.Of(mail.From, [], mail.To, [.. mail.Cc, .. mail.Bcc], Us());
        return others.Count == 0 ? null : new TrailSource
        {
            Counterparties = others,
            Mail = new MailTrail
            {
                IsOutgoing = true,
                Subject = TextCut.At(mail.Subject, 500),
                Date = mail.Date,
                From = mail.From,
                To = [.. mail.To.Take(20)],
                Text = TextCut.At(QuotedText.Strip(mail.IsHtml ? HtmlText.Render(mail.Body) : CleanText.Of(mail.Body), mail.Subject), TrailSource.MostText),
                Attachments = [.. mail.Attachments.Where(attachment => !attachment.IsInline).Take(50).Select(attachment => TextCut.At(attachment.Filename, 200))],
            },
        };
    }

    /// <summary>Makes the record of a mail that was sent, left to the runner.</summary>
    internal async Task PostAsync(string messageId, TrailSource source, AccountKey account, CancellationToken ct)
    {
        await store.AddAsync(Trail.Email, Uid(messageId), source, account, ct);
        trails.Woken();
    }

    /// <summary>Why a mail does not become a record; null when it does.</summary>
    internal string? Refusal(MessageDetail detail)
    {
        if (detail.Folder is "drafts" or "trash" or "spam")
            return $"it is in {detail.Folder}";
        return MachineMail.Reason(detail.From, detail.Headers) ?? (Others(detail).Others.Count == 0 ? "nobody but us and machines takes part in it" : null);
    }

    /// <summary>Takes up the work that was posted.</summary>
    internal void Wake() => trails.Woken();

    /// <summary>By the Message-ID; of a mail that has none by what makes it.</summary>
    internal static string Uid(MessageDetail detail)
    {
        if (detail.InternetMessageId is { Length: > 2 } id)
            return Uid(id);
        var what = string.Create(CultureInfo.InvariantCulture, $"{detail.Date:O}\n{detail.From.Address}\n{string.Join(',', detail.To.Select(to => to.Address))}\n{detail.Subject}\n{detail.Size}");
        return "hash:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16));
    }

    private static string Uid(string messageId) => "msgid:" + messageId.Trim('<', '>');

    private Ourselves Us() => new([.. accounts.All().Select(account => account.Email)], customers.Colleagues, settings.Current.PublicDomains);

    private TrailSource Source(MessageDetail detail, TrailOptions how)
    {
        var (isOutgoing, others) = Others(detail);
        return new TrailSource
        {
            Counterparties = others,
            RemarkType = how.RemarkType,
            MinConfidence = how.MinConfidence,
            Mail = new MailTrail
            {
                IsOutgoing = isOutgoing,
                Subject = TextCut.At(detail.Subject, 500),
                Date = detail.SentDateTime ?? detail.Date,
                From = detail.From,
                To = [.. detail.To.Take(20)],
                Text = TextCut.At(QuotedText.Strip(detail.Text ?? "", detail.Subject), TrailSource.MostText),
                Attachments = [.. detail.Attachments.Where(attachment => !attachment.IsInline).Take(50).Select(attachment => TextCut.At(attachment.Filename, 200))],
            },
        };
    }

    private (bool IsOutgoing, IReadOnlyList<EmailAddress> Others) Others(MessageDetail detail) => Counterparty.Of(detail.From, detail.ReplyTo, detail.To, detail.Cc, Us());
}
