using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Opens the same mailbox over IMAP, where reading costs no quota (XOAUTH2; needs the consent for the whole mailbox).</summary>
internal sealed class GmailImap(Account account, ServerAddress server, IAccessTokens tokens, ImapConnector connector)
{
    public Account Account => account;

    public async Task<ImapClient> OpenAsync(CancellationToken ct)
    {
        var token = await tokens.GetAccessTokenAsync(ct);
        return await connector.OpenImapAsync(server, SaslCredential.ForAccessToken(account.Email, token), needsId: false, new MailboxNames(), ct);
    }
}
