using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;
using MailDaemon.Protocols.Smtp;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Sending over SMTP and filing the copy.</summary>
internal sealed partial class ImapProvider
{
    public async Task<SendReceipt> SendAsync(OutgoingMail mail, bool allowPartial, CancellationToken ct)
    {
        // Both writers check everything they are given; a mail that cannot be written disturbs no server.
        var (draft, options, envelope) = await PrepareAsync(mail, allowPartial, ct);
        try
        {
            await using var smtp = await connector.OpenSmtpAsync(account, ct);
            var receipt = await smtp.SendAsync(envelope, (stream, token) => MimeWriter.WriteAsync(draft, stream, options, token), ct);
            await SayGoodbyeAsync(smtp);
            return new SendReceipt(receipt.ServerText, receipt.Refused.ToDictionary(r => r.Address, r => r.ServerText, StringComparer.OrdinalIgnoreCase));
        }
        catch (ArgumentException e)
        {
            throw Invalid(e);
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault)
        {
            throw fault;
        }
    }

    public Task<string?> AppendAsync(OutgoingMail mail, string folderPath, MessageFlags flags, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            var draft = MailWriter.Draft(mail);
            var options = new MimeWriteOptions { IncludeBcc = true, Allow8Bit = false, AllowUtf8Headers = MailWriter.NeedsUtf8(mail) };
            var appended = await client.AppendAsync(
                folderPath,
                new AppendMessage
                {
                    Size = await MailWriter.MeasureAsync(draft, options, token),
                    WriteAsync = (stream, inner) => MimeWriter.WriteAsync(draft, stream, options, inner),
                    Flags = ImapFlags.Write(flags),
                    HasUtf8Header = options.AllowUtf8Headers,
                    InternalDate = mail.Date,
                },
                token);
            return appended is { } uid ? RemoteId(uid.Uid) : null;
        },
        ct);

    /// <summary>The mail is the server's by now: neither a slow goodbye nor the caller's leaving makes that undone.</summary>
    private async Task SayGoodbyeAsync(SmtpClient smtp)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            await smtp.QuitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The connection closes with the client.
        }
    }

    private static async Task<(MimeDraft Draft, MimeWriteOptions Options, SmtpEnvelope Envelope)> PrepareAsync(OutgoingMail mail, bool allowPartial, CancellationToken ct)
    {
        var draft = MailWriter.Draft(mail);
        var options = new MimeWriteOptions { IncludeBcc = false, Allow8Bit = false, AllowUtf8Headers = MailWriter.NeedsUtf8(mail) };
        try
        {
            // The copy names those in Bcc, the mail itself does not: only the copy finds a wrong address there.
            await MailWriter.MeasureAsync(draft, options with { IncludeBcc = true }, ct);
            var size = await MailWriter.MeasureAsync(draft, options, ct);
            return (draft, options, new SmtpEnvelope
            {
                Sender = mail.From.Address,
                Recipients = [.. mail.Recipients.Select(r => r.Address).Distinct(StringComparer.OrdinalIgnoreCase)],
                AllowPartial = allowPartial,
                SizeBytes = size,
                NeedsUtf8 = options.AllowUtf8Headers,
                Is8Bit = false,
            });
        }
        catch (ArgumentException e)
        {
            throw Invalid(e);
        }
    }

    /// <summary>.NET adds the name of the parameter, which says nothing to the caller.</summary>
    private static MailException Invalid(ArgumentException e) =>
        new(MailFault.InvalidInput, "invalid_mail", $"The mail cannot be sent as it is: {e.Message.Split(" (Parameter")[0]}", e);
}
