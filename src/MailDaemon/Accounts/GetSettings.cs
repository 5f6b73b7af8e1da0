using MailDaemon.Api;
using MailDaemon.Engine.Accounts;

namespace MailDaemon.Accounts;

/// <summary>The settings of an account.</summary>
internal static class GetSettings
{
    [EndpointSummary("Show an account's settings")]
    [EndpointDescription("Never a password or token.")]
    [Tags("Accounts")]
    [Fails(404)]
    public static Envelope<SettingsView> Handle(Input<AccountRequest> input, AccountStore accounts) =>
        Envelope.Success(SettingsView.Of(input.Value.Find(accounts)));
}
