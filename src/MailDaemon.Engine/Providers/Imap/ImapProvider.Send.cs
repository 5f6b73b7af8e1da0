using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Smtp;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Sending over SMTP and filing the copy.</summary>
internal sealed partial class ImapProvider
{
    public async Task<SendReceipt> SendAsync(WrittenMail mail, Func<CancellationToken, Task> handOver, CancellationToken ct)
    {
        var envelope = new SmtpEnvelope
        {
            Sender = mail.Envelope.Sender,
            Recipients = mail.Envelope.Recipients,
            AllowPartial = mail.Envelope.AllowPartial,
            SizeBytes = MailFile.SizeWithoutBcc(mail.Path),
            NeedsUtf8 = mail.Envelope.NeedsUtf8,
            Is8Bit = mail.Envelope.Is8Bit,
        };
        try
        {
            await using var smtp = await connector.OpenSmtpAsync(account, ct);
            var receipt = await smtp.SendAsync(
                envelope,
                async (stream, token) =>
                {
                    // A server throws away what has no final dot (RFC 5321 §4.1.1.4), and that comes when this returns.
                    await MailFile.CopyWithoutBccAsync(mail.Path, stream, token);
                    await handOver(token);
                },
                ct);
            await SayGoodbyeAsync(smtp);
            return new SendReceipt(receipt.ServerText, receipt.Refused.ToDictionary(r => r.Address, r => r.ServerText, StringComparer.OrdinalIgnoreCase), receipt.Excess);
        }
        catch (ArgumentException e)
        {
            throw MailWriter.Invalid(e);
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault)
        {
            throw fault;
        }
    }

    public Task<string?> AppendAsync(WrittenMail mail, string folderPath, MessageFlags flags, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            var appended = await client.AppendAsync(
                folderPath,
                new AppendMessage
                {
                    Size = new FileInfo(mail.Path).Length,
                    WriteAsync = (stream, inner) => MailFile.CopyAsync(mail.Path, stream, inner),
                    Flags = ImapFlags.Write(flags),
                    HasUtf8Header = mail.Envelope.NeedsUtf8,
                    InternalDate = mail.Envelope.Date,
                },
                token);
            return appended is { } uid ? RemoteId(uid.Uid) : null;
        },
        ct);

    public Task<string?> FindAsync(string folderPath, string messageId, CancellationToken ct) => connections.RunAsync(
        async (client, token) => await FindByMessageIdAsync(client, folderPath, messageId, token) is { } uid ? RemoteId(uid) : null,
        ct);

    public Task<int> CountAsync(string folderPath, string messageId, CancellationToken ct) => connections.RunAsync(
        async (client, token) => (await FindAllAsync(client, folderPath, messageId, token)).Count,
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
}
