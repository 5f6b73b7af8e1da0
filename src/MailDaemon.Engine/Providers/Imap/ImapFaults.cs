using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Turns what the protocols throw into what the caller can act on.</summary>
internal static class ImapFaults
{
    public const string FolderNotFound = "folder_not_found";

    /// <summary>The failure as the API tells it; null for exceptions that are not the server's.</summary>
    public static MailException? Translate(Exception e, Account account) => e switch
    {
        MailException mail => mail,
        WireException wire => Translate(wire),
        ImapException imap => Translate(imap, account),
        SmtpException smtp => Translate(smtp, account),
        _ => null,
    };

    private static MailException Translate(WireException e) => e.Fault switch
    {
        WireFault.Unreachable => new(MailFault.Unreachable, "server_unreachable", $"{e.Message}. Check the host, the port and the network, then try again.", e),
        WireFault.Timeout => new(MailFault.Timeout, "server_timeout", $"{e.Message}. Check the port and whether it wants TLS from the first byte (secure: true) or STARTTLS (secure: false).", e),
        WireFault.CertificateUntrusted => new(MailFault.Refused, "certificate_untrusted", $"{e.Message}. If this server is yours, name its CA in Imap:TrustedCertificates.", e),
        WireFault.TlsFailed => new(MailFault.Refused, "tls_failed", $"{e.Message}. Check whether the port wants TLS from the first byte (secure: true) or STARTTLS (secure: false).", e),
        WireFault.AddressNotAllowed => new(MailFault.InvalidInput, "server_not_allowed", $"{e.Message}. For a server on this machine or in the local network set Imap:AllowPrivateHosts; clear text (security: none) is for this machine only.", e),
        WireFault.Closed => new(MailFault.Refused, "connection_lost", $"{e.Message}. Try again.", e),
        _ => new(MailFault.Refused, "protocol_error", $"{e.Message}. This does not look like the mail server it should be.", e),
    };

    private static MailException Translate(ImapException e, Account account) => e.Fault switch
    {
        ImapFault.AuthenticationFailed or ImapFault.LoginDisabled => AuthFailed(account, Said(e.ServerText, e), e),
        ImapFault.AuthenticationTemporary => new(MailFault.Unreachable, "server_unavailable", $"The mail server cannot check the password just now: {Said(e.ServerText, e)}. Try again later.", e),
        ImapFault.Bye => new(MailFault.Unreachable, "server_unavailable", $"The mail server ended the session: {Said(e.ServerText, e)}. Try again later.", e),
        ImapFault.No when IsFolderMissing(e) => new(MailFault.NotFound, FolderNotFound, $"The mail server has no such folder: {Said(e.ServerText, e)}. GET /api/imap/folders lists them.", e),
        ImapFault.No when e.ResponseCode is "UNAVAILABLE" or "INUSE" or "THROTTLED" => new(MailFault.Refused, "server_unavailable", $"The mail server cannot do that just now: {Said(e.ServerText, e)}. Try again later.", e),
        ImapFault.No when e.ResponseCode is "OVERQUOTA" => new(MailFault.Refused, "over_quota", $"The mailbox is full: {Said(e.ServerText, e)}. Delete mail, then try again.", e),
        _ => new(MailFault.Refused, "server_refused", $"The mail server refused: {Said(e.ServerText, e)}", e),
    };

    private static MailException Translate(SmtpException e, Account account) => e.Fault switch
    {
        SmtpFault.AuthenticationFailed or SmtpFault.AuthenticationRequired => AuthFailed(account, Said(e.ServerText, e), e),
        SmtpFault.AuthenticationTemporary or SmtpFault.Deferred => new(MailFault.Unreachable, "send_deferred", $"The mail server cannot take the mail just now: {Said(e.ServerText, e)}. Try again later.", e),
        SmtpFault.RecipientsRefused => new(MailFault.InvalidInput, "recipient_refused", $"The mail server refused {string.Join(", ", e.Refusals.Select(r => r.Address))}: {Said(e.ServerText, e)}. Nothing was sent. Correct the addresses, or set allowPartial to send to the others.", e)
        {
            Details = e.Refusals.GroupBy(r => r.Address, StringComparer.Ordinal).ToDictionary(r => r.Key, r => r.First().ServerText, StringComparer.Ordinal),
        },
        SmtpFault.TooLarge => new(MailFault.TooLarge, "message_too_large", $"The mail is larger than the server takes: {Said(e.ServerText, e)}. Send smaller attachments.", e),
        SmtpFault.Utf8Unsupported => new(MailFault.InvalidInput, "address_not_supported", "The mail server does not take addresses with non-ASCII characters before the @ (SMTPUTF8). Use another address.", e),
        SmtpFault.Uncertain => new(MailFault.Refused, "send_uncertain", "The connection broke before the server's answer: the mail may or may not have been sent. Look in Sent before you send it again.", e),
        _ => new(MailFault.Refused, "send_rejected", $"The mail server refused the mail: {Said(e.ServerText, e)}", e),
    };

    private static MailException AuthFailed(Account account, string serverText, Exception e) =>
        new(MailFault.NotAuthorized, "auth_failed", $"The mail server refused the password. {LoginAdvice.For(account.PresetId)} Server: {serverText}", e);

    /// <summary>QUIRK: Dovecot up to 2.3 says it in words only.</summary>
    private static bool IsFolderMissing(ImapException e) =>
        e.ResponseCode is "NONEXISTENT" or "TRYCREATE"
        || (e.ResponseCode is null && e.ServerText.StartsWith("Mailbox doesn't exist", StringComparison.OrdinalIgnoreCase));

    /// <summary>The server's own words; ours where it was not asked.</summary>
    private static string Said(string serverText, Exception e) => serverText.Length > 0 ? serverText : e.Message;
}
