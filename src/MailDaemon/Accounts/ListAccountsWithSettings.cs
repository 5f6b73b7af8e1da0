using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>All accounts with their state and settings.</summary>
internal static class ListAccountsWithSettings
{
    [EndpointSummary("List the accounts with their settings")]
    [EndpointDescription("As the list of accounts, with the settings of each. Passwords and tokens are never part of a reply.")]
    [Tags("Accounts")]
    [Fails]
    public static Envelope<IReadOnlyList<Response>> Handle(AccountOverview overview, AccountStore accounts) =>
        Envelope.Success<IReadOnlyList<Response>>([.. accounts.All().Select(a => new Response(overview.Of(a), SettingsView.Of(a)))]);

    public sealed record Response : AccountSummary
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Response(AccountSummary summary, SettingsView settings)
            : base(summary) => Settings = settings;

        public SettingsView Settings { get; }
    }
}
