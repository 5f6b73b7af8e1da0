using MailDaemon.Api;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>All accounts with their state.</summary>
internal static class ListAccounts
{
    [EndpointSummary("List the accounts")]
    [EndpointDescription("The first call of every client: which mailboxes there are, whether they are connected, and how much is unread.")]
    [Tags("Accounts")]
    [Fails]
    public static Envelope<IReadOnlyList<AccountSummary>> Handle(AccountOverview overview) => Envelope.Success(overview.All());
}
